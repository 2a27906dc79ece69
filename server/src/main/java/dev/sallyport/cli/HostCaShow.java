package dev.sallyport.cli;

import dev.sallyport.config.Loading;
import dev.sallyport.gateway.inspect.HostAuthority;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code sallyport host-ca show}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "show",
    description = {
      "Prints the line for known_hosts that makes clients trust what the bastion shows as the host"
          + " key of targets whose sessions are recorded.",
      "It never contains a private key. With * the bastion may speak for every host that the"
          + " client connects to: see --hosts."
    },
    exitCodeList = {"0:The line was printed.", "1:There is no host CA yet, or it cannot be read."})
final class HostCaShow extends ConfigCommand {
  @Mixin private JsonOption json;

  @Option(
      names = "--hosts",
      paramLabel = "PATTERNS",
      defaultValue = "*",
      description =
          "For which hosts, as in known_hosts, such as '10.0.*,*.internal,[localhost]:*';"
              + " ${DEFAULT-VALUE} unless given, because users may ask for targets by any name.")
  private String hosts;

  HostCaShow(List<AuthPluginFactory> plugins) {
    super(plugins);
  }

  @Override
  public Integer call() {
    if (!hosts.matches("[!-~]+") || hosts.startsWith("#")) {
      throw new ParameterException(spec.commandLine(), "--hosts must be patterns without spaces");
    }
    return beside(this::show);
  }

  private int show(Loading.Loaded loaded) throws IOException {
    Path stateDir = loaded.configuration().stateDir();
    if (!Files.exists(HostAuthority.file(stateDir)) && !StateDir.isOurs(stateDir)) {
      err()
          .println(
              "sallyport: there is no host CA in %s yet: the server makes it when it starts"
                  .formatted(stateDir));
      return Exit.NO;
    }
    String line = HostAuthority.load(stateDir).knownHostsLine(hosts);
    out().println(json.isGiven() ? Json.line(PublicLine.ofKnownHosts(line)) : line);
    out().flush();
    return Exit.OK;
  }
}
