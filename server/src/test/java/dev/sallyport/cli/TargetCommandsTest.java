package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Main;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Condition;
import dev.sallyport.audit.SpoolCollector;
import dev.sallyport.config.TestPlugins;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sallyport user-ca} and {@code sallyport known-hosts}. */
class TargetCommandsTest {
  private static final String KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
  private static final String FINGERPRINT = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write() throws Exception {
    Files.writeString(
        folder.resolve("sallyport.conf"),
        """
        sallyport {
          state-dir = "%s"
          private-networks = ["10.0.0.0/16"]
          auth.plugins = [ { type = authorized-keys, files = ["/keys/%%u"] } ]
        }
        """
            .formatted(state()));
  }

  private Path state() {
    return folder.resolve("state");
  }

  private Path knownHosts() {
    return state().resolve("known_hosts");
  }

  private int run(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--config";
    all[arguments.length + 1] = folder.resolve("sallyport.conf").toString();
    return Main.commandLine(
            new TestPlugins().factories(),
            name -> {
              throw new UnknownHostException(name.name());
            })
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  @Test
  void showsTheSameUserCaEachTimeAndMakesItForTheServersUser() throws Exception {
    Files.createDirectories(state());
    assertThat(run("user-ca", "show")).isZero();
    assertThat(out.toString()).matches("ssh-ed25519 [A-Za-z0-9+/=]+ sallyport-user-ca\n");
    String first = out.toString();
    out.getBuffer().setLength(0);
    assertThat(run("user-ca", "show")).isZero();
    assertThat(out.toString()).isEqualTo(first);
    out.getBuffer().setLength(0);
    assertThat(run("user-ca", "show", "--json")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            "{\"line\":\"%s\",\"key\":\"%s\"}\n"
                .formatted(first.strip(), first.replace(" sallyport-user-ca\n", "")));
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(state().resolve("user-ca"))))
        .isEqualTo("rw-------");
  }

  @Test
  void makesNoUserCaWhereThereIsNoStateFolder() {
    assertThat(run("user-ca", "show")).isEqualTo(1);
    assertThat(err.toString()).contains("there is no user CA yet");
    assertThat(state()).doesNotExist();
  }

  @Test
  void listsAndForgetsWhatTheServerRemembers() throws Exception {
    haveRun();
    Files.writeString(
        knownHosts(), "10.0.2.15,web.internal " + KEY + "\n[fd00::5]:2222 " + KEY + "\n");
    assertThat(run("known-hosts", "list")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            HOSTS                   TYPE         FINGERPRINT                                         MARKER
            10.0.2.15,web.internal  ssh-ed25519  %s  -
            [fd00::5]:2222          ssh-ed25519  %s  -
            """
                .formatted(FINGERPRINT, FINGERPRINT));
    out.getBuffer().setLength(0);

    assertThat(run("known-hosts", "list", "--limit", "1", "--json")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            {"hosts":"[fd00::5]:2222","type":"ssh-ed25519","fingerprint":"%s"}
            """
                .formatted(FINGERPRINT));
    assertThat(run("known-hosts", "forget", "10.0.2.15:22")).isZero();
    assertThat(out.toString()).contains("forgot 10.0.2.15,web.internal ssh-ed25519");
    assertThat(err.toString())
        .contains("at its next start the audit log will record that you did this");
    assertThat(Files.readString(knownHosts())).isEqualTo("[fd00::5]:2222 " + KEY + "\n");
    assertThat(run("known-hosts", "forget", "web.internal")).isEqualTo(1);
    assertThat(err.toString()).contains("no key of web.internal:22 is in " + knownHosts());
    assertThat(run("known-hosts", "forget", "[fd00::5]:2222")).isZero();
    assertThat(knownHosts()).isEmptyFile();
  }

  @Test
  void whatIsForgottenWhileNoServerRunsIsToldAtTheNextStart() throws Exception {
    haveRun();
    Files.writeString(knownHosts(), "10.0.2.15,web.internal " + KEY + "\n");
    assertThat(run("known-hosts", "forget", "web.internal")).isZero();

    Path audit = state().resolve("audit");
    try (AuditLog log = AuditLog.open(audit, "test");
        SpoolCollector collector = new SpoolCollector(audit, log)) {
      assertThat(collector).isNotNull();
      Condition.await("it is told", () -> log(audit).contains("target-keys-forgotten"));
      assertThat(log(audit))
          .contains("\"target\":\"web.internal:22\"")
          .contains("10.0.2.15,web.internal ssh-ed25519 " + FINGERPRINT)
          .contains("\"user\":{\"name\":\"" + Files.getOwner(state()).getName() + "\"}");
    }
  }

  private static String log(Path audit) {
    StringBuilder all = new StringBuilder();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(audit, "*.jsonl")) {
      for (Path file : files) {
        all.append(Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.toString();
  }

  @Test
  void whatCannotBeToldIsNotForgotten() throws Exception {
    Files.createDirectories(state());
    Files.writeString(knownHosts(), "10.0.2.15 " + KEY + "\n");
    assertThat(run("known-hosts", "forget", "10.0.2.15")).isEqualTo(1);
    assertThat(err.toString()).contains(state().resolve("audit").toString());
    assertThat(out.toString()).isEmpty();
    assertThat(knownHosts()).hasContent("10.0.2.15 " + KEY);
  }

  /** What a server leaves. */
  private void haveRun() throws Exception {
    AuditLog.open(state().resolve("audit"), "test").close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.1", "a:0", "a:65536", "fd00::5:x", "a b"})
  void whatIsNoHostIsWrongUsage(String host) {
    assertThat(run("known-hosts", "forget", host)).isEqualTo(2);
  }

  @Test
  void nothingToListIsNoFault() {
    assertThat(run("known-hosts", "list")).isZero();
    assertThat(out.toString()).isEmpty();
  }
}
