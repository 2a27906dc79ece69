package dev.sallyport.cli;

import dev.sallyport.config.Loading;
import dev.sallyport.model.IpText;
import dev.sallyport.model.SafeText;
import dev.sallyport.operations.FaultText;
import dev.sallyport.policy.Resolver;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code sallyport login explain}: asks the same code that the server asks. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "explain",
    description = {
      "Explains, plugin by plugin, why a user can log in or cannot. It asks the plugins of the"
          + " configuration file as",
      "a server does, directories and programs too. Without --key it tries each key that a plugin"
          + " has for the user.",
      "Run it as the server's user or root. Exits with 0 when a login would succeed once the client"
          + " proves its key and",
      "answers for its second factor, and with 1 when not."
    },
    exitCodeList = {
      "0:The login would succeed, or would with one of the keys.",
      "1:The login would fail, or would with all keys."
    })
final class LoginExplain extends ConfigCommand {
  private static final int SHOWN = 200;

  private final Resolver resolver;

  @Mixin private JsonOption json;

  @Option(
      names = "--user",
      paramLabel = "U",
      required = true,
      description = "The name that the user logs in with.")
  private String user;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description =
          "The public key or certificate that the user offers. For a private key the file beside it"
              + " with .pub is read.")
  private Path keyFile;

  @Option(
      names = "--source",
      paramLabel = "IP",
      converter = Arguments.AddressConverter.class,
      description =
          "Where the user comes from: the server that runs is asked about its penalties and limits,"
              + " too. Without it, 0.0.0.0, which a key with from= does not allow.")
  private InetAddress source;

  LoginExplain(List<AuthPluginFactory> plugins, Resolver resolver) {
    super(plugins);
    this.resolver = resolver;
  }

  @Override
  public Integer call() {
    Optional<OfferedKey> key = readKey();
    var problems = new LoginTrial.Problems();
    PrintWriter err = err();
    return config.with(
        plugins,
        problems,
        err,
        loaded -> {
          problems
              .take()
              .forEach(one -> err.println("warning: " + SafeText.escape(one, 5 * SHOWN)));
          return explain(loaded, problems, key);
        });
  }

  private Optional<OfferedKey> readKey() {
    if (keyFile == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(KeyArgument.read(keyFile));
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "--key: " + SafeText.escape(FaultText.of(e), 5 * SHOWN));
    }
  }

  private int explain(
      Loading.Loaded loaded, LoginTrial.Problems problems, Optional<OfferedKey> key) {
    Instant now = Instant.now();
    Optional<InetAddress> from = Optional.ofNullable(source);
    InetAddress unknown = IpText.address(new byte[4]);
    var trial =
        new LoginTrial(
            loaded, resolver, problems, new LoginAttempt(user, from.orElse(unknown), now));
    Optional<LoginTrial.Admission> admission = from.map(_ -> trial.admission());
    List<LoginTrial.Source> sources = trial.sources();
    List<LoginTrial.Tried> tried = new ArrayList<>();
    key.ifPresentOrElse(
        given -> tried.add(trial.key(keyFile.toString(), given)),
        () ->
            LoginTrial.keys(sources).forEach((known, where) -> tried.add(trial.key(where, known))));
    var report = new LoginReport(user, from, now, admission, sources, tried, key.isPresent());
    PrintWriter out = out();
    if (json.isGiven()) {
      out.println(Json.line(LoginJson.of(report)));
      return report.success().isPresent() ? Exit.OK : Exit.NO;
    }
    LoginText.of(report).forEach(out::println);
    if (report.success().isPresent()) {
      return Exit.OK;
    }
    if (report.keyGiven()) {
      KeyArgument.certificateBeside(keyFile)
          .ifPresent(certificate ->
              out.println(
                  "ssh offers the certificate beside the key, too: explain it with --key "
                      + SafeText.escape(certificate.toString(), 5 * SHOWN)));
    }
    return Exit.NO;
  }
}
