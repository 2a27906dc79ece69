package dev.sallyport.plugins.totp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.Enrolment;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.InteractiveFactor.Step;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.PluginSettings;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A user's telephone: {@code oathtool}, with the secret that was shown at the enrolment. */
record Telephone(String secret, List<String> recoveryCodes) {
  /** Enrols a user with the code of a time, which is then used up. */
  static Telephone enroll(AuthPlugin plugin, String user, Instant now) throws Exception {
    Enrolment.Draft draft = factor(plugin).enrolment().orElseThrow().draft(user);
    Telephone blank = new Telephone(draft.secret(), List.of());
    Enrolment.Confirmation confirmation =
        draft.confirm(blank.code(now), Enrolment.Existing.REPLACE, () -> {});
    assertThat(confirmation).isInstanceOf(Enrolment.Confirmation.Confirmed.class);
    return new Telephone(
        draft.secret(), ((Enrolment.Confirmation.Confirmed) confirmation).recoveryCodes());
  }

  static AuthPlugin open(Map<String, Object> settings, java.time.InstantSource clock)
      throws Exception {
    return new TotpPluginFactory(clock).open(new PluginSettings(settings), (where, what) -> {});
  }

  static InteractiveFactor factor(AuthPlugin plugin) {
    return plugin.interactiveFactor().orElseThrow();
  }

  /** What it shows at a time; more are options of oathtool(1). */
  String code(Instant at, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("oathtool", "--base32", "--now", "@" + at.getEpochSecond()));
    words.addAll(more.length == 0 ? List.of("--totp") : List.of(more));
    words.add("-");
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    try (var in = process.getOutputStream()) {
      in.write(secret.getBytes(StandardCharsets.US_ASCII));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(process.waitFor()).as(said).isZero();
    return said.strip();
  }

  /** A whole login with one answer. */
  static Step answer(AuthPlugin plugin, String user, String from, String answer) throws Exception {
    var attempt = new LoginAttempt(user, InetAddress.ofLiteral(from), Instant.now());
    Step step = factor(plugin).begin(attempt, user);
    while (step instanceof Step.Ask ask) {
      step = ask.next().answered(ask.prompts().isEmpty() ? List.of() : List.of(answer));
    }
    return step;
  }
}
