package dev.sallyport.plugins.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunAsTest {
  private static final Rights ROOT = new Rights(0, -1);
  private static final Rights SERVER = new Rights(922, 0);

  /** With CAP_KILL, CAP_SETGID and CAP_SETUID. */
  private static final Rights RAISED = new Rights(922, 0xe0);

  @TempDir Path temporary;
  private final List<String> faults = new ArrayList<>();
  private Accounts accounts = new Accounts(Path.of("/nonexistent"));

  @BeforeEach
  void writeAccounts() throws IOException {
    accounts =
        new Accounts(
            Files.writeString(
                temporary.resolve("passwd"),
                """
                root:x:0:0:root:/root:/bin/bash
                toor:x:0:0::/root:/bin/sh
                # comment
                keys:x:998:997::/nonexistent:/usr/sbin/nologin
                sallyport:x:922:922::/nonexistent:/usr/sbin/nologin
                """));
  }

  private RunAs decide(String user, Rights self) {
    Optional<String> name = Optional.of(user).filter(text -> !text.isEmpty());
    return RunAs.decide(name, accounts, self, faults::add);
  }

  @Test
  void asRootTheProgramRunsAsTheUserThatIsNamedWithoutAnyRight() {
    assertThat(decide("keys", ROOT).prefix())
        .containsExactly(
            "/usr/bin/setsid",
            "/usr/bin/setpriv",
            "--reuid=998",
            "--regid=997",
            "--clear-groups",
            "--no-new-privs",
            "--inh-caps=-all",
            "--ambient-caps=-all",
            "--bounding-set=-all");
    assertThat(faults).isEmpty();
  }

  @Test
  void withTheCapabilitiesAnyServerCanRunItAsAnother() {
    assertThat(decide("keys", RAISED).prefix())
        .contains("--reuid=998", "--ambient-caps=-all")
        .doesNotContain("--bounding-set=-all");
    assertThat(faults).isEmpty();
  }

  @Test
  void asTheServersOwnUserNothingIsChanged() {
    assertThat(decide("", SERVER).prefix()).containsExactly("/usr/bin/setsid");
    assertThat(decide("sallyport", SERVER).prefix()).containsExactly("/usr/bin/setsid");
    assertThat(faults).isEmpty();
  }

  @Test
  void withoutTheRightAnotherUserIsRefusedWithWhatToDo() {
    decide("keys", SERVER);
    assertThat(faults).singleElement().asString().contains("CAP_SETUID", "leave it out");
  }

  @Test
  void aServerThatIsRootMustNameAUser() {
    decide("", ROOT);
    assertThat(faults).singleElement().asString().contains("is missing", "useradd --system");
  }

  @Test
  void rootUnderAnyNameAndStrangersAreRefused() {
    decide("root", ROOT);
    decide("toor", RAISED);
    decide("nobody-here", ROOT);
    decide("998", ROOT);
    assertThat(faults).hasSize(4);
  }

  @Test
  void readsTheRightsOfAProcess() throws IOException {
    Path status = temporary.resolve("status");
    Files.writeString(
        status,
        """
        Name:\tjava
        Uid:\t1\t922\t3\t4
        CapEff:\tffffffffffffffff
        CapBnd:\tffffffffffffffff
        CapAmb:\t00000000000000c0
        """);
    assertThat(Rights.of(status)).isEqualTo(new Rights(922, 0xc0));
    assertThat(Rights.of(status).mayChangeUser()).isFalse();
    Files.writeString(
        status, "Uid:\t0\t0\t0\t0\nCapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\n");
    assertThat(Rights.of(status).mayChangeUser()).isTrue();
    assertThat(Rights.of(temporary.resolve("none"))).isEqualTo(new Rights(-1, 0));
  }
}
