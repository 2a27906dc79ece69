package dev.sallyport.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.IpText;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlSocketTest {
  @TempDir Path stateDir;

  private Path file() {
    return stateDir.resolve("gr\u00fcn.conf");
  }

  private ControlSocket open(Path where, Reloads reloads) throws IOException {
    return ControlSocket.open(where, file(), reloads, (_, user) -> List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bob", "", "b\u00fcb\n o b", "admits 10.0.0.1 x"})
  void whoAsksWhatKeepsALoginOutIsToldOfThatSourceAndUser(String user) throws Exception {
    Admissions admissions =
        (source, asked) -> List.of("from " + IpText.format(source), "user " + asked.length());
    Reloads none = new Reloads(() -> new ReloadAnswer.Failed("it was reloaded"));
    try (ControlSocket control = ControlSocket.open(stateDir, file(), none, admissions)) {
      assertThat(control).isNotNull();
      assertThat(ControlClient.refusals(stateDir, InetAddress.ofLiteral("2001:db8::1"), user))
          .containsExactly("from 2001:db8::1", "user " + user.length());
    }
    try (ControlSocket control = open(stateDir, none)) {
      assertThat(control).isNotNull();
      assertThat(ControlClient.refusals(stateDir, InetAddress.ofLiteral("10.0.0.1"), user))
          .isEmpty();
    }
  }

  static Stream<ReloadAnswer> answers() {
    return Stream.of(
        new ReloadAnswer.Reloaded(
            "/etc/a b.conf",
            List.of("rules.a b.to", "groups.ops"),
            List.of("listen"),
            List.of("/keys/alice:3: is no key", "changed rules")),
        new ReloadAnswer.Reloaded("/f", List.of(), List.of(), List.of()),
        new ReloadAnswer.OtherFile("/f"),
        new ReloadAnswer.Rejected(List.of("/f:1: sallyport.x: is an unknown key", "/f:2: y")),
        new ReloadAnswer.Failed("host key /k does not exist"));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void whoAsksGetsTheServersAnswer(ReloadAnswer answer) throws Exception {
    try (ControlSocket control = open(stateDir, new Reloads(() -> answer))) {
      assertThat(control).isNotNull();
      assertThat(ControlClient.reload(stateDir, Optional.empty())).isEqualTo(answer);
    }
  }

  @Test
  void whoMeansTheServersFileByWhateverPathGetsItRead() throws Exception {
    Path link = Files.createSymbolicLink(stateDir.resolve("link"), file());
    Files.writeString(file(), "");
    ReloadAnswer answer = new ReloadAnswer.Reloaded("/f", List.of(), List.of(), List.of());
    try (ControlSocket control = open(stateDir, new Reloads(() -> answer))) {
      assertThat(control).isNotNull();
      assertThat(ControlClient.reload(stateDir, Optional.of(file()))).isEqualTo(answer);
      assertThat(ControlClient.reload(stateDir, Optional.of(link))).isEqualTo(answer);
      Files.delete(file());
      assertThat(ControlClient.reload(stateDir, Optional.of(file())))
          .as("the reload itself says that the file is gone")
          .isEqualTo(answer);
    }
  }

  @Test
  void whoMeansAnotherFileIsToldWhichOneTheServerHasAndNothingIsRead() throws Exception {
    Path other = Files.writeString(stateDir.resolve("other.conf"), "");
    Files.writeString(file(), "");
    AtomicInteger reloads = new AtomicInteger();
    try (ControlSocket control =
        open(
            stateDir,
            new Reloads(() -> {
              reloads.incrementAndGet();
              return new ReloadAnswer.Failed("it was read");
            }))) {
      assertThat(control).isNotNull();
      for (Path meant : List.of(other, stateDir.resolve("none"), stateDir)) {
        assertThat(ControlClient.reload(stateDir, Optional.of(meant)))
            .isEqualTo(new ReloadAnswer.OtherFile(stateDir + "/gr\\u00fcn.conf"));
      }
      assertThat(reloads).hasValue(0);
    }
  }

  @Test
  void onlyTheServersUserMayEnterTheFolder() throws Exception {
    Files.createDirectories(stateDir.resolve("control"));
    Files.setPosixFilePermissions(
        stateDir.resolve("control"), PosixFilePermissions.fromString("rwxrwxrwx"));
    try (ControlSocket control = open(stateDir, new Reloads(() -> new ReloadAnswer.Failed("")))) {
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
    try (ControlSocket control = open(stateDir, new Reloads(() -> answer))) {
      assertThat(control).isNotNull();
      assertThat(ControlClient.reload(stateDir, Optional.empty())).isEqualTo(answer);
    }
  }

  @Test
  void whereNoServerRunsTheMessageSaysWhereItWasLookedFor() {
    assertThatThrownBy(() -> ControlClient.reload(stateDir, Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no server answers at " + stateDir.resolve("control/socket"));
  }

  @Test
  void aServerThatBreaksGivesNoAnswerAndIsNotTakenForOneThatReloaded() throws Exception {
    Reloads broken =
        new Reloads(() -> {
          throw new IllegalStateException("a bug");
        });
    try (ControlSocket control = open(stateDir, broken)) {
      assertThat(control).isNotNull();
      assertThatThrownBy(() -> ControlClient.reload(stateDir, Optional.empty()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("gave no answer");
    }
  }

  @Test
  void aStateDirWhosePathIsTooLongForASocketIsSaidSo() {
    Path deep = stateDir.resolve("d".repeat(120));

    assertThatThrownBy(() -> open(deep, new Reloads(() -> new ReloadAnswer.Failed(""))).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be listened on");
  }
}
