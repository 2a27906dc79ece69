package dev.sallyport.cli;

import dev.sallyport.audit.Spooled;
import dev.sallyport.gateway.outbound.KnownHostsFile;
import dev.sallyport.model.Host;
import dev.sallyport.model.Target;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sallyport known-hosts forget}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "forget",
    description = {
      "Forgets the host keys of a target, so that the next one that it shows is accepted.",
      "The server need not be stopped, and its audit log says who did it. Exits with 1 when there"
          + " is nothing to forget."
    },
    exitCodeList = {
      "0:The keys were forgotten.",
      "1:There was nothing to forget, or it could not be done."
    })
final class KnownHostsForget extends ConfigCommand {
  @Parameters(
      paramLabel = "HOST[:PORT]",
      converter = Arguments.HostAndPortConverter.class,
      description = "An address or a name, and a port if it is not 22: 10.0.2.5, [fd00::5]:2222.")
  private Arguments.HostAndPort host;

  KnownHostsForget(List<AuthPluginFactory> plugins) {
    super(plugins);
  }

  @Override
  public Integer call() {
    return beside(loaded -> forget(loaded.configuration().stateDir()));
  }

  private int forget(Path stateDir) throws IOException {
    Host asked = host.host();
    KnownHostsFile file = KnownHostsFile.remembered(stateDir);
    String target = new Target(asked.text(), host.port()).shown();
    PrintWriter err = err();
    List<String> gone =
        file.forget(
            asked,
            host.port(),
            keys ->
                OperatorAct.tell(stateDir, new Spooled.Forgetting(target, keys), "did this", err));
    if (gone.isEmpty()) {
      err.println("sallyport: no key of %s is in %s".formatted(target, file.path()));
      return Exit.NO;
    }
    gone.forEach(line -> out().println("forgot " + line));
    return Exit.OK;
  }
}
