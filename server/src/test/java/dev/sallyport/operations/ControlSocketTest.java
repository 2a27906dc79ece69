package dev.sallyport.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlSocketTest {
  @TempDir Path stateDir;

  static Stream<ReloadAnswer> answers() {
    return Stream.of(
        new ReloadAnswer.Reloaded(List.of("rules.a b.to", "groups.ops"), List.of("listen")),
        new ReloadAnswer.Reloaded(List.of(), List.of()),
        new ReloadAnswer.Rejected(List.of("/f:1: sallyport.x: is an unknown key", "/f:2: y")),
        new ReloadAnswer.Failed("host key /k does not exist"));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void whoAsksGetsTheServersAnswer(ReloadAnswer answer) throws Exception {
    try (ControlSocket control = ControlSocket.open(stateDir, new Reloads(() -> answer))) {
      assertThat(control).isNotNull();
      assertThat(ControlClient.reload(stateDir)).isEqualTo(answer);
    }
  }

  @Test
  void onlyTheServersUserMayEnterTheFolder() throws Exception {
    Files.createDirectories(stateDir.resolve("control"));
    Files.setPosixFilePermissions(
        stateDir.resolve("control"), PosixFilePermissions.fromString("rwxrwxrwx"));
    try (ControlSocket control =
        ControlSocket.open(stateDir, new Reloads(() -> new ReloadAnswer.Failed("")))) {
      assertThat(control).isNotNull();
      assertThat(Files.getPosixFilePermissions(stateDir.resolve("control")))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void whatAKilledServerLeftIsInNobodysWay() throws Exception {
    Files.createDirectories(stateDir.resolve("control"));
    Files.writeString(ControlSocket.path(stateDir), "");
    ReloadAnswer answer = new ReloadAnswer.Failed("alive");
    try (ControlSocket control = ControlSocket.open(stateDir, new Reloads(() -> answer))) {
      assertThat(control).isNotNull();
      assertThat(ControlClient.reload(stateDir)).isEqualTo(answer);
    }
  }

  @Test
  void whereNoServerRunsTheMessageSaysWhereItWasLookedFor() {
    assertThatThrownBy(() -> ControlClient.reload(stateDir))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no server answers at " + stateDir.resolve("control/socket"));
  }

  @Test
  void aServerThatBreaksGivesNoAnswerAndIsNotTakenForOneThatReloaded() throws Exception {
    Reloads broken =
        new Reloads(() -> {
          throw new IllegalStateException("a bug");
        });
    try (ControlSocket control = ControlSocket.open(stateDir, broken)) {
      assertThat(control).isNotNull();
      assertThatThrownBy(() -> ControlClient.reload(stateDir))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("gave no answer");
    }
  }

  @Test
  void aStateDirWhosePathIsTooLongForASocketIsSaidSo() {
    Path deep = stateDir.resolve("d".repeat(120));

    assertThatThrownBy(
            () -> ControlSocket.open(deep, new Reloads(() -> new ReloadAnswer.Failed(""))).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be listened on");
  }
}
