package dev.sallyport.cli;

import static dev.sallyport.cli.SecondFactorOf.shown;

import dev.sallyport.audit.AuditEvent.SecondFactorChanged.Change;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.Enrolment.Confirmation;
import dev.sallyport.spi.Enrolment.Draft;
import dev.sallyport.spi.Enrolment.Existing;
import dev.sallyport.spi.InteractiveFactor.Standing;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sallyport second-factor enroll}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "enroll",
    description = {
      "Gives a user a second factor: shows its secret, as a QR code and to be typed, and keeps it"
          + " when a first code confirms that it has arrived. Prints recovery codes, once.",
      "The server need not be stopped. Exits with 1 when nothing was kept."
    },
    exitCodeList = {"0:The user has a second factor.", "1:Nothing was kept."})
final class SecondFactorEnroll extends ConfigCommand {
  /** Codes that may be mistyped. */
  private static final int TRIES = 3;

  private final InputStream input;

  @Option(
      names = "--user",
      paramLabel = "U",
      required = true,
      description = "The user's name, as the rules and the audit log have it.")
  private String user;

  @Option(
      names = "--replace",
      description = "Replace the second factor that the user has; it and its recovery codes stop.")
  private boolean replace;

  SecondFactorEnroll(List<AuthPluginFactory> plugins, InputStream input) {
    super(plugins);
    this.input = input;
  }

  @Override
  public Integer call() {
    return SecondFactorOf.with(config, plugins, err(), this::enroll);
  }

  private int enroll(SecondFactorOf second) throws Exception {
    PrintWriter out = out();
    PrintWriter err = err();
    Draft draft = second.enrolment().draft(user);
    if (!replace && second.configured().factor().standing(user) == Standing.ENROLLED) {
      return alreadyEnrolled(err);
    }
    out.println("Scan this with the authenticator app of " + shown(user) + ":");
    out.println();
    QrText.lines(draft.uri()).forEach(out::println);
    out.println();
    out.println("or type the secret:  " + draft.secret());
    out.println("or open:             " + draft.uri());
    out.println();
    BufferedReader typed = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
    for (int i = 0; i < TRIES; i++) {
      out.print("The code that the app shows now: ");
      out.flush();
      String code = typed.readLine();
      if (code == null) {
        break;
      }
      switch (draft.confirm(
          code,
          replace ? Existing.REPLACE : Existing.KEEP,
          () -> second.tell(user, Change.ENROLLED, err))) {
        case Confirmation.WrongCode() ->
            err.println("sallyport: that is not the code; check the phone's clock");
        case Confirmation.AlreadyEnrolled() -> {
          return alreadyEnrolled(err);
        }
        case Confirmation.Confirmed(List<String> recoveryCodes) -> {
          confirmed(out, recoveryCodes);
          return Exit.OK;
        }
      }
    }
    err.println("sallyport: nothing was kept: " + shown(user) + " has not confirmed with a code");
    return Exit.NO;
  }

  private int alreadyEnrolled(PrintWriter err) {
    err.println(
        "sallyport: %s has a second factor already: --replace gives another, and the old one stops"
            .formatted(shown(user)));
    return Exit.NO;
  }

  private void confirmed(PrintWriter out, List<String> recoveryCodes) {
    out.println();
    out.println(shown(user) + " has a second factor from now on.");
    if (!recoveryCodes.isEmpty()) {
      out.println("If the phone is lost, each of these works once in place of a code. They are");
      out.println("not shown again:");
      out.println();
      recoveryCodes.forEach(code -> out.println("  " + code));
    }
  }
}
