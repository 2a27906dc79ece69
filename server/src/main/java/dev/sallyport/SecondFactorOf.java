package dev.sallyport;

import dev.sallyport.audit.AuditEvent.SecondFactorChanged.Change;
import dev.sallyport.audit.AuditSpool;
import dev.sallyport.audit.SpooledSecondFactor;
import dev.sallyport.auth.Authenticator;
import dev.sallyport.auth.ConfiguredFactor;
import dev.sallyport.config.Loading;
import dev.sallyport.model.SafeText;
import dev.sallyport.spi.Enrolment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * What the commands of {@code sallyport second-factor} work on: the second factor of the
 * configuration, and who works on it.
 */
record SecondFactorOf(ConfiguredFactor configured, Enrolment enrolment, Path stateDir) {
  private static final int SHOWN = 128;

  /**
   * @throws IOException when there is none; the message says what to configure
   */
  static SecondFactorOf of(Loading.Loaded loaded) throws IOException {
    ConfiguredFactor configured =
        Authenticator.interactiveFactor(loaded.plugins())
            .orElseThrow(() ->
                new IOException(
                    "no plugin of auth.plugins asks for a second factor: add one, such as"
                        + " { type = totp, directory = \"/var/lib/sallyport/totp\" }"));
    Enrolment enrolment =
        configured
            .factor()
            .enrolment()
            .orElseThrow(() ->
                new IOException(
                    "users of the plugin "
                        + configured.plugin()
                        + " are not enrolled"
                        + " with this command"));
    return new SecondFactorOf(configured, enrolment, loaded.configuration().stateDir());
  }

  /**
   * Tells the audit log what is about to be done.
   *
   * @param err hears when only the next server will write it
   * @throws IOException when it cannot be told; then it must not be done
   */
  void tell(String user, Change change, PrintWriter err) throws IOException {
    var act =
        new SpooledSecondFactor(
            Instant.now(),
            Optional.ofNullable(System.getenv("SUDO_USER")),
            user,
            configured.plugin(),
            change);
    try {
      switch (new AuditSpool(stateDir.resolve("audit")).tell(act)) {
        case WRITTEN -> {}
        case WAITING ->
            err.println(
                "sallyport: no server runs here; its audit log will say at the next start that you"
                    + " did this");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped before the audit log had it", e);
    }
  }

  /** Tells why nothing was done. */
  static int failed(PrintWriter err, Exception fault) {
    err.println(
        "sallyport: "
            + switch (fault) {
              case IOException io -> FaultText.of(io);
              default -> SafeText.escape(String.valueOf(fault.getMessage()), 1000);
            });
    return Exit.NO;
  }

  static String shown(String text) {
    return SafeText.escape(text, SHOWN);
  }
}
