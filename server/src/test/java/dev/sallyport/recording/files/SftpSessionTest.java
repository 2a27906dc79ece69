package dev.sallyport.recording.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.memory.TestShares;
import dev.sallyport.recording.files.FileEvent.Change;
import dev.sallyport.recording.files.FileEvent.Changed;
import dev.sallyport.recording.files.FileEvent.Direction;
import dev.sallyport.recording.files.FileEvent.Transferred;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Debian's sftp and scp against Debian's sftp-server: the observer tells what the disk shows. */
@Timeout(120)
final class SftpSessionTest {
  @TempDir private Path directory;

  @Test
  void tellsPutAndGetWithTheHashOfTheFile() throws Exception {
    byte[] bytes = file("a", 3_000_000);
    ObservedSession session = sftp("put a b", "get b c");
    assertThat(session.events)
        .contains(
            new Transferred(Direction.PUT, path("b"), 3_000_000, 0, hash(bytes), "ok"),
            new Transferred(Direction.GET, path("b"), 3_000_000, 0, hash(bytes), "ok"));
    assertThat(Files.readAllBytes(directory.resolve("c"))).isEqualTo(bytes);
  }

  @Test
  void tellsTheEmptyFile() throws Exception {
    file("a", 0);
    assertThat(sftp("put a b", "get b c").events)
        .contains(
            new Transferred(Direction.PUT, path("b"), 0, 0, hash(new byte[0]), "ok"),
            new Transferred(Direction.GET, path("b"), 0, 0, hash(new byte[0]), "ok"));
  }

  @Test
  void tellsWhereATransferWasTakenUpAgain() throws Exception {
    byte[] bytes = file("a", 500_000);
    Files.write(directory.resolve("b"), Arrays.copyOf(bytes, 200_000));
    Files.write(directory.resolve("c"), Arrays.copyOf(bytes, 300_000));
    Optional<String> last300 = hash(Arrays.copyOfRange(bytes, 200_000, 500_000));
    Optional<String> last200 = hash(Arrays.copyOfRange(bytes, 300_000, 500_000));
    assertThat(sftp("reput a b", "reget a c").events)
        .contains(
            new Transferred(Direction.PUT, path("b"), 300_000, 200_000, last300, "ok"),
            new Transferred(Direction.GET, path("a"), 200_000, 300_000, last200, "ok"));
    assertThat(Files.readAllBytes(directory.resolve("b"))).isEqualTo(bytes);
    assertThat(Files.readAllBytes(directory.resolve("c"))).isEqualTo(bytes);
  }

  @Test
  void tellsEveryChangeOfNamesAndAttributes() throws Exception {
    file("a", 10);
    List<FileEvent> events =
        sftp(
                "mkdir d",
                "rename a d/b",
                "chmod 600 d/b",
                "chown 0 d/b",
                "symlink b d/s",
                "ln d/b d/h",
                "cp d/b d/c",
                "rm d/s",
                "rm d/h",
                "rm d/b",
                "rm d/c",
                "rmdir d")
            .events;
    assertThat(events)
        .contains(
            changed(Change.RENAME, path("a"), path("d/b"), ""),
            changed(Change.SETSTAT, path("d/b"), "mode 0600"),
            changed(Change.SETSTAT, path("d/b"), "uid 0 gid 0"),
            changed(Change.SYMLINK, "b", path("d/s"), ""),
            changed(Change.HARDLINK, path("d/b"), path("d/h"), ""),
            changed(Change.REMOVE, path("d/s"), ""),
            changed(Change.REMOVE, path("d/h"), ""),
            changed(Change.REMOVE, path("d/b"), ""),
            changed(Change.RMDIR, path("d"), ""))
        .anyMatch(event ->
            event instanceof Changed made
                && made.change() == Change.MKDIR
                && made.path().equals(path("d")))
        .anyMatch(event ->
            event instanceof Changed made
                && made.change() == Change.COPY
                && made.newPath().equals(Optional.of(path("d/c"))))
        .noneMatch(event -> event instanceof FileEvent.Unparsed);
  }

  @Test
  void tellsWhatTheTargetRefused() throws Exception {
    file("a", 10);
    Path full = Files.createDirectory(directory.resolve("full"));
    file("full/x", 1);
    List<FileEvent> events =
        sftp("-put a missing/b", "-rename missing e", "-rmdir full", "-get full/x/y z").events;
    assertThat(events)
        .contains(
            new Transferred(
                Direction.PUT, path("missing/b"), 0, 0, Optional.empty(), "no such file"),
            new Changed(Change.RENAME, path("missing"), Optional.of(path("e")), "", "no such file"),
            new Changed(Change.RMDIR, full.toString(), Optional.empty(), "", "failure"));
  }

  @Test
  void tellsEveryFileOfADirectory() throws Exception {
    Files.createDirectories(directory.resolve("tree/sub"));
    byte[] one = file("tree/one", 1000);
    byte[] two = file("tree/sub/two", 70_000);
    assertThat(sftp("put -r tree copy").events)
        .contains(
            new Transferred(Direction.PUT, path("copy/one"), 1000, 0, hash(one), "ok"),
            new Transferred(Direction.PUT, path("copy/sub/two"), 70_000, 0, hash(two), "ok"));
  }

  @Test
  void tellsWhatTodaysScpDoes() throws Exception {
    byte[] bytes = file("a", 100_000);
    ObservedSession put = scp("a", "target:" + path("b"));
    assertThat(put.command).isEqualTo("sftp");
    assertThat(put.events)
        .contains(new Transferred(Direction.PUT, path("b"), 100_000, 0, hash(bytes), "ok"));
    assertThat(scp("target:" + path("b"), "c").events)
        .contains(new Transferred(Direction.GET, path("b"), 100_000, 0, hash(bytes), "ok"));
  }

  @Test
  void hashesAsSha256sumDoes() throws Exception {
    file("a", 200_000_000);
    ObservedSession session = ObservedSession.sftp(directory, false, "put a b", "get b c");
    assertThat(session.exit).as(session.errors).isZero();
    Process sum = new ProcessBuilder("sha256sum", path("c")).start();
    String line = new String(sum.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    Optional<String> expected = Optional.of(line.substring(0, 64));
    assertThat(session.events)
        .contains(
            new Transferred(Direction.PUT, path("b"), 200_000_000, 0, expected, "ok"),
            new Transferred(Direction.GET, path("b"), 200_000_000, 0, expected, "ok"));
  }

  @Test
  void tellsTheSameHoweverTheBytesAreCut() throws Exception {
    file("a", 400_000);
    ObservedSession session =
        sftp("put a b", "get b c", "-get missing d", "rename b e", "chmod 640 e", "rm e");
    Fuzz.run(
        60,
        (fuzz, round) -> {
          List<FileEvent> events = new ArrayList<>();
          int longest = fuzz.pick(List.of(1, 3, 40, 5000, 60_000));
          session.transcript.replay(
              fuzz,
              longest,
              Transcript.sftp(new SftpObserver(events::add, TestShares.of(64L << 20).hold())));
          assertThat(events).isEqualTo(session.events);
        });
  }

  @Test
  void damagedBytesNeverHarmTheObserverAndAreToldOnceAtMost() throws Exception {
    file("a", 200_000);
    ObservedSession session =
        sftp("put a b", "get b c", "rename b e", "chmod 640 e", "ln e f", "symlink e g", "rm e");
    Fuzz.run(
        3000,
        (fuzz, round) -> {
          List<FileEvent> events = new ArrayList<>();
          session.transcript.replayDamaged(
              fuzz,
              Transcript.sftp(new SftpObserver(events::add, TestShares.of(64L << 20).hold())));
          assertThat(events.subList(0, Math.max(0, events.size() - 1)))
              .noneMatch(event -> event instanceof FileEvent.Unparsed);
        });
  }

  private ObservedSession sftp(String... batch) throws Exception {
    ObservedSession session = ObservedSession.sftp(directory, true, batch);
    assertThat(session.exit).as(session.errors).isZero();
    return session;
  }

  private ObservedSession scp(String... arguments) throws Exception {
    ObservedSession session = ObservedSession.scp(directory, true, arguments);
    assertThat(session.exit).as(session.errors).isZero();
    return session;
  }

  private static Changed changed(Change change, String path, String detail) {
    return new Changed(change, path, Optional.empty(), detail, "ok");
  }

  private static Changed changed(Change change, String path, String newPath, String detail) {
    return new Changed(change, path, Optional.of(newPath), detail, "ok");
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private byte[] file(String name, int size) throws Exception {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Files.write(directory.resolve(name), bytes);
    return bytes;
  }

  private static Optional<String> hash(byte[] bytes) throws Exception {
    return Optional.of(
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
  }
}
