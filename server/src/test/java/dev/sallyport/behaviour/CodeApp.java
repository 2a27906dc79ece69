package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.Enrolment;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.PluginSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The authenticator app of a user whom the plugin {@code totp} knows, played by {@code oathtool}.
 * Its clock begins behind and runs ahead, within the drift of {@link #plugin}: each login takes a
 * new code, and no test waits for one.
 */
final class CodeApp {
  private static final int PERIOD = 30;
  private static final int DRIFT = 10;

  private final String secret;
  private final List<String> recoveryCodes;
  private long ahead = -(DRIFT - 1);

  private CodeApp(Path folder, String user) throws Exception {
    try (AuthPlugin plugin = open(folder)) {
      InteractiveFactor factor = plugin.interactiveFactor().orElseThrow();
      Enrolment.Draft draft = factor.enrolment().orElseThrow().draft(user);
      secret = draft.secret();
      Enrolment.Confirmation confirmed = draft.confirm(next(), Enrolment.Existing.KEEP, () -> {});
      assertThat(confirmed).isInstanceOf(Enrolment.Confirmation.Confirmed.class);
      recoveryCodes = ((Enrolment.Confirmation.Confirmed) confirmed).recoveryCodes();
    }
  }

  /** Enrols a user below a test's folder. */
  static CodeApp enroll(Path directory, String user) throws Exception {
    return new CodeApp(directory.resolve("totp"), user);
  }

  /** The plugin's block of the configuration. */
  static String plugin(Path directory) {
    return "{ type = totp, directory = \"%s\", drift = %d }"
        .formatted(directory.resolve("totp"), DRIFT);
  }

  private static AuthPlugin open(Path folder) throws Exception {
    return ConfigurationLoader.installedPlugins().stream()
        .filter(factory -> factory.type().equals("totp"))
        .findFirst()
        .orElseThrow()
        .open(
            new PluginSettings(Map.of("directory", folder.toString(), "drift", DRIFT)),
            (where, what) -> {});
  }

  /** A code that was not shown before. */
  String next() {
    long time = Instant.now().getEpochSecond() + PERIOD * ahead++;
    Command.Ended ended =
        Command.run(List.of("oathtool", "--base32", "--totp", "--now", "@" + time, secret));
    assertThat(ended.exit()).as(ended.errors()).isZero();
    return ended.output().strip();
  }

  List<String> recoveryCodes() {
    return recoveryCodes;
  }

  /** Runs {@code ssh}, which asks a program for the code where there is no terminal. */
  static Command.Ended login(TestBastion bastion, Path directory, String code, String... words)
      throws Exception {
    Path answer = directory.resolve("answer");
    Files.writeString(answer, "#!/bin/sh\necho '" + code + "'\n");
    Files.setPosixFilePermissions(answer, PosixFilePermissions.fromString("rwx------"));
    List<String> all =
        new ArrayList<>(List.of("-o", "BatchMode=no", "-o", "NumberOfPasswordPrompts=1"));
    all.addAll(List.of(words));
    return bastion
        .ssh()
        .sshIn(
            Map.of("SSH_ASKPASS", answer.toString(), "SSH_ASKPASS_REQUIRE", "force"),
            all.toArray(String[]::new));
  }
}
