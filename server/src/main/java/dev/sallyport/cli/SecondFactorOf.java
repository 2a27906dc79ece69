package dev.sallyport.cli;

import dev.sallyport.audit.AuditEvent.SecondFactorChanged.Change;
import dev.sallyport.audit.Spooled;
import dev.sallyport.auth.Authenticator;
import dev.sallyport.auth.ConfiguredFactor;
import dev.sallyport.config.Loading;
import dev.sallyport.model.SafeText;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.Enrolment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/**
 * What the commands of {@code sallyport second-factor} work on: the second factor of the
 * configuration, and who works on it.
 */
record SecondFactorOf(ConfiguredFactor configured, Enrolment enrolment, Path stateDir) {
  private static final int SHOWN = 128;

  /** What a command does with it. */
  @FunctionalInterface
  interface Use {
    /** Does it, and returns the exit code. */
    int apply(SecondFactorOf second) throws Exception;
  }

  /**
   * Goes on with the second factor of the configuration.
   *
   * @return the exit code: of {@code use}, or {@link Exit#NO} when it failed, which {@code err} is
   *     told
   */
  static int with(ConfigFile config, List<AuthPluginFactory> plugins, PrintWriter err, Use use) {
    return config.beside(
        plugins,
        err,
        loaded -> {
          try {
            return use.apply(of(loaded));
          } catch (IOException e) {
            throw e;
          } catch (Exception e) {
            err.println("sallyport: " + SafeText.escape(String.valueOf(e.getMessage()), 1000));
            return Exit.NO;
          }
        });
  }

  /**
   * @throws IOException when there is none; the message says what to configure
   */
  private static SecondFactorOf of(Loading.Loaded loaded) throws IOException {
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
    OperatorAct.tell(
        stateDir, new Spooled.SecondFactor(user, configured.plugin(), change), "did this", err);
  }

  static String shown(String text) {
    return SafeText.escape(text, SHOWN);
  }
}
