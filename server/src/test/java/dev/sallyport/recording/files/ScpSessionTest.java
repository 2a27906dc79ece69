package dev.sallyport.recording.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.memory.TestShares;
import dev.sallyport.recording.files.FileEvent.Direction;
import dev.sallyport.recording.files.FileEvent.Transferred;
import dev.sallyport.recording.files.FileEvent.Unparsed;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debian's {@code scp -O} against Debian's scp, and senders that are no scp. */
@Timeout(120)
final class ScpSessionTest {
  @TempDir private Path directory;

  @Test
  void tellsPutAndGetWithTheHashOfTheFile() throws Exception {
    byte[] bytes = file("a", 3_000_000);
    assertThat(scp("-O", "-p", "a", "target:" + path("b")).events)
        .containsExactly(
            new Transferred(Direction.PUT, path("b") + "[/a]", 3_000_000, 0, hash(bytes), "ok"));
    assertThat(scp("-O", "-p", "target:" + path("b"), "c").events)
        .containsExactly(
            new Transferred(Direction.GET, path("b"), 3_000_000, 0, hash(bytes), "ok"));
    assertThat(Files.readAllBytes(directory.resolve("c"))).isEqualTo(bytes);
  }

  @Test
  void tellsFilesInDirectoriesWithTheirPaths() throws Exception {
    Files.createDirectories(directory.resolve("tree/sub"));
    Files.createDirectories(directory.resolve("tree/void"));
    byte[] one = file("tree/one", 0);
    byte[] two = file("tree/sub/two", 70_000);
    String copy = path("copy") + "[/tree]";
    assertThat(scp("-O", "-r", "tree", "target:" + path("copy")).events)
        .containsExactlyInAnyOrder(
            new Transferred(Direction.PUT, copy + "/one", 0, 0, hash(one), "ok"),
            new Transferred(Direction.PUT, copy + "/sub/two", 70_000, 0, hash(two), "ok"));
    assertThat(scp("-O", "-r", "target:" + path("copy"), "back").events)
        .containsExactlyInAnyOrder(
            new Transferred(Direction.GET, path("copy/one"), 0, 0, hash(one), "ok"),
            new Transferred(Direction.GET, path("copy/sub/two"), 70_000, 0, hash(two), "ok"));
  }

  @Test
  void knowsTheTargetIsADirectoryWhenSeveralAreCopied() throws Exception {
    byte[] a = file("a", 10);
    byte[] b = file("b", 20);
    Path to = Files.createDirectory(directory.resolve("to"));
    assertThat(scp("-O", "a", "b", "target:" + to).events)
        .containsExactly(
            new Transferred(Direction.PUT, to + "/a", 10, 0, hash(a), "ok"),
            new Transferred(Direction.PUT, to + "/b", 20, 0, hash(b), "ok"));
  }

  @Test
  void tellsWhyAFileWasNotCopied() throws Exception {
    file("a", 10);
    ObservedSession put = ObservedSession.scp(directory, true, "-O", "a", "target:" + path("no/b"));
    ObservedSession get = ObservedSession.scp(directory, true, "-O", "target:" + path("no"), "c");
    assertThat(put.exit).isNotZero();
    assertThat(get.exit).isNotZero();
    assertThat(put.events).singleElement().satisfies(event -> refused(event, Direction.PUT));
    assertThat(get.events).singleElement().satisfies(event -> refused(event, Direction.GET));
  }

  private static void refused(FileEvent event, Direction direction) {
    assertThat(event).isInstanceOf(Transferred.class);
    if (event instanceof Transferred told) {
      assertThat(told.direction()).isEqualTo(direction);
      assertThat(told.sha256()).isEmpty();
      assertThat(told.result()).contains("No such file");
    }
  }

  @Test
  void tellsTheSameHoweverTheBytesAreCut() throws Exception {
    Files.createDirectories(directory.resolve("tree/sub"));
    file("tree/one", 100_000);
    file("tree/sub/two", 7);
    ObservedSession session = scp("-O", "-rp", "tree", "target:" + path("copy"));
    ScpCommand command = ObservedSession.scp(session.command);
    Fuzz.run(
        60,
        (fuzz, round) -> {
          List<FileEvent> events = new ArrayList<>();
          int longest = fuzz.pick(List.of(1, 3, 40, 5000, 60_000));
          session.transcript.replay(
              fuzz,
              longest,
              Transcript.scp(
                  new ScpObserver(command, events::add, TestShares.of(64L << 20).hold())));
          assertThat(events).isEqualTo(session.events);
        });
    Fuzz.run(
        3000,
        (fuzz, round) -> {
          List<FileEvent> events = new ArrayList<>();
          session.transcript.replayDamaged(
              fuzz,
              Transcript.scp(
                  new ScpObserver(command, events::add, TestShares.of(64L << 20).hold())));
          assertThat(events.subList(0, Math.max(0, events.size() - 1)))
              .noneMatch(event -> event instanceof Unparsed);
        });
  }

  @Test
  void saysAtAnyTimeWhatIsOnItsWayWithoutEndingIt() throws Exception {
    List<FileEvent> events = new ArrayList<>();
    ScpObserver observer = observer(events);
    assertThat(observer.unfinished()).isEmpty();
    answer(observer, "\0");
    send(observer, "C0644 3 a\n");
    answer(observer, "\0");
    send(observer, "ab");

    assertThat(observer.unfinished())
        .containsExactly(
            new Transferred(Direction.PUT, "/d/a", 2, 0, Optional.empty(), "unfinished"));
    assertThat(events).isEmpty();

    send(observer, "c\0");
    answer(observer, "\0");
    assertThat(events)
        .containsExactly(
            new Transferred(
                Direction.PUT, "/d/a", 3, 0, hash("abc".getBytes(StandardCharsets.UTF_8)), "ok"));
    assertThat(observer.unfinished()).isEmpty();
  }

  /** A target that refuses the file takes its content for records. */
  @Test
  void stopsUnderstandingASenderThatDoesNotWaitForAnAnswer() {
    List<FileEvent> events = new ArrayList<>();
    ScpObserver observer = observer(events);
    answer(observer, "\0");
    send(observer, "C0644 3 a\nabc\0");
    assertThat(events)
        .containsExactly(
            new Transferred(Direction.PUT, "/d/a", 0, 0, Optional.empty(), "unfinished"),
            new Unparsed("scp's sender does not wait for answers"));
  }

  @Test
  void holdsAClientBackUntilItIsAnswered() throws Exception {
    ScpObserver observer = observer(new ArrayList<>());
    assertThat(observer.awaitRoom(Duration.ZERO)).isFalse();
    answer(observer, "\0");
    assertThat(observer.awaitRoom(Duration.ZERO)).isTrue();
    send(observer, "C0644 3 a\n");
    assertThat(observer.awaitRoom(Duration.ZERO)).isFalse();
    answer(observer, "\0");
    send(observer, "abc");
    assertThat(observer.awaitRoom(Duration.ZERO)).isTrue();
    send(observer, "\0");
    assertThat(observer.awaitRoom(Duration.ZERO)).isFalse();
    answer(observer, "\0");
    assertThat(observer.awaitRoom(Duration.ZERO)).isTrue();
    assertThat(getting(new ArrayList<>()).awaitRoom(Duration.ZERO)).isTrue();
  }

  @Test
  void readsNoContentAfterAFileThatTheReceiverRefused() throws Exception {
    List<FileEvent> events = new ArrayList<>();
    ScpObserver observer = observer(events);
    answer(observer, "\0");
    send(observer, "C0644 3 a\n");
    answer(observer, "\1scp: a: Permission denied\n");
    send(observer, "C0644 3 b\n");
    answer(observer, "\0");
    send(observer, "abc\0");
    answer(observer, "\0");
    observer.end();
    assertThat(events)
        .containsExactly(
            new Transferred(
                Direction.PUT, "/d/a", 0, 0, Optional.empty(), "scp: a: Permission denied"),
            new Transferred(
                Direction.PUT, "/d/b", 3, 0, hash("abc".getBytes(StandardCharsets.UTF_8)), "ok"));
  }

  @Test
  void tellsAFileThatTheEndOfTheSessionCut() throws Exception {
    List<FileEvent> events = new ArrayList<>();
    ScpObserver observer = observer(events);
    answer(observer, "\0");
    send(observer, "C0644 30 a\n");
    answer(observer, "\0");
    send(observer, "abc");
    observer.end();
    observer.end();
    assertThat(events)
        .containsExactly(
            new Transferred(
                Direction.PUT,
                "/d/a",
                3,
                0,
                hash("abc".getBytes(StandardCharsets.UTF_8)),
                "unfinished"));
  }

  /**
   * OpenSSH's scp reads no more of a failure than fits its buffer, and takes what follows for
   * records: here it would write authorized_keys, and a reader without that bound would see
   * notes.txt.
   */
  @Test
  void stopsUnderstandingASenderWhoseFailureIsLongerThanTheTargetReads() {
    List<FileEvent> events = new ArrayList<>();
    ScpObserver observer = observer(events);
    answer(observer, "\0");
    send(observer, "C0644 1 a\n");
    answer(observer, "\0");
    send(observer, "A");
    send(observer, "\1" + "x".repeat(2047));
    assertThat(events).last().isInstanceOf(Unparsed.class);
    send(observer, "C0644 45 authorized_keys\nC0644 26 notes.txt\n" + "k".repeat(26) + "\0");
    answer(observer, "\0\0\0");
    observer.end();
    assertThat(events).last().isInstanceOf(Unparsed.class);
    assertThat(events.toString()).doesNotContain("notes.txt");
  }

  @Test
  void stopsUnderstandingAReceiverWhoseFailureIsLongerThanTheTargetReads() {
    List<FileEvent> events = new ArrayList<>();
    ScpObserver observer = getting(events);
    send(observer, "\0");
    answer(observer, "C0644 3 a\n");
    send(observer, "\1" + "x".repeat(2047));
    assertThat(events).last().isInstanceOf(Unparsed.class);
  }

  /**
   * OpenSSH's scp writes the name of what it cannot open as it is: here that of a link to nothing,
   * with a record in it. What it sends next is the secret, and an answer that it waits for.
   */
  @Test
  void stopsUnderstandingATargetThatSeemsNotToWaitForAnswers() {
    List<FileEvent> events = new ArrayList<>();
    ScpObserver observer = getting(events);
    send(observer, "\0");
    answer(observer, "D0755 0 d\n");
    send(observer, "\0");
    answer(observer, "\1scp: /d/a\nC0644 9999 harmless\nX: No such file or directory\n");
    assertThat(events).last().isInstanceOf(Unparsed.class);

    List<FileEvent> hasty = new ArrayList<>();
    answer(getting(hasty), "C0644 3 a\n");
    assertThat(hasty).singleElement().isInstanceOf(Unparsed.class);
  }

  @Test
  void readsWhatFollowsAFileThatTheTargetCannotOpen() throws Exception {
    List<FileEvent> events = new ArrayList<>();
    ScpObserver observer = getting(events);
    send(observer, "\0");
    answer(observer, "\1scp: /d/a: Permission denied\n\1scp: /d/b: Permission denied\nC0644 3 c\n");
    send(observer, "\0");
    answer(observer, "abc\0");
    send(observer, "\0");
    observer.end();
    assertThat(events)
        .containsExactly(
            new Transferred(
                Direction.GET, "/d", 0, 0, Optional.empty(), "scp: /d/a: Permission denied"),
            new Transferred(
                Direction.GET, "/d", 0, 0, Optional.empty(), "scp: /d/b: Permission denied"),
            new Transferred(
                Direction.GET, "/d[/c]", 3, 0, hash("abc".getBytes(StandardCharsets.UTF_8)), "ok"));
  }

  @Test
  void readsALongFailureOfTheTargetWhole() {
    String why = "scp: /" + "x".repeat(8000) + ": File name too long";
    List<FileEvent> put = new ArrayList<>();
    ScpObserver observer = observer(put);
    answer(observer, "\0");
    send(observer, "C0644 3 a\n");
    answer(observer, "\1" + why + "\n");
    observer.end();
    List<FileEvent> get = new ArrayList<>();
    ScpObserver other = getting(get);
    send(other, "\0");
    answer(other, "\1" + why + "\n");
    other.end();
    assertThat(put).singleElement().isInstanceOf(Transferred.class);
    assertThat(get).singleElement().isInstanceOf(Transferred.class);
  }

  /** Linux has names of 255 bytes; OpenSSH escapes each end of a line in one with three. */
  @Test
  void readsTheLongestNames() throws Exception {
    String name = "n".repeat(255);
    String escaped = "\\^J".repeat(255);
    List<FileEvent> events = new ArrayList<>();
    ScpObserver observer = observer(events);
    answer(observer, "\0");
    for (String line : List.of("T1 0 1 0", "D0755 0 " + name, "T1 0 1 0", "C0644 0 " + escaped)) {
      send(observer, line + "\n");
      answer(observer, "\0");
    }
    send(observer, "\0");
    answer(observer, "\0");
    assertThat(events)
        .containsExactly(
            new Transferred(
                Direction.PUT,
                "/d/" + name + "/" + escaped.replace("\\", "\\\\"),
                0,
                0,
                hash(new byte[0]),
                "ok"));
  }

  /** Were the bound larger than Debian's scp has it, it would not find the record behind. */
  @ParameterizedTest
  @ValueSource(strings = {"", "C0644 1 a\n|A"})
  void theTargetReadsTheLongestFailureAsWeDo(String before) throws Exception {
    String failure = "\1" + "x".repeat(ScpLine.FROM_CLIENT) + "\n";
    String answered = before.isEmpty() ? "" : "|";
    String longest = before + failure + answered + "C0644 1 b\n|B\0|";
    List<FileEvent> events = new ArrayList<>();
    ScpObserver observer = observer(events);
    for (String piece : longest.split("\\|")) {
      answer(observer, "\0");
      send(observer, piece);
    }
    assertThat(events).noneMatch(event -> event instanceof Unparsed);

    Process scp =
        new ProcessBuilder("scp", "-t", "-d", directory.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (OutputStream in = scp.getOutputStream()) {
      in.write(longest.replace("|", "").getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(scp.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(directory.resolve("b")).hasContent("B");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Xrubbish\n",
        "C0644 1 a\0b\n",
        "C0644 -1 a\n",
        "C0644 99999999999999999999 a\n",
        "C0644 1 ../a\n",
        "E\n",
        "Welcome to Debian!\n"
      })
  void saysOnceWhatItDoesNotUnderstand(String line) {
    List<FileEvent> events = new ArrayList<>();
    ScpObserver observer = observer(events);
    answer(observer, "\0");
    send(observer, line);
    send(observer, line);
    observer.end();
    assertThat(events).singleElement().isInstanceOf(Unparsed.class);
  }

  @Test
  void holdsNoEndlessLineAndNoEndlessDepth() {
    List<FileEvent> sent = new ArrayList<>();
    ScpObserver sending = observer(sent);
    answer(sending, "\0");
    send(sending, "C".repeat(ScpLine.FROM_CLIENT));
    assertThat(sent).isEmpty();
    send(sending, "C");
    assertThat(sent).singleElement().isInstanceOf(Unparsed.class);

    List<FileEvent> answered = new ArrayList<>();
    answer(observer(answered), "\1" + "x".repeat(ScpLine.FROM_TARGET));
    assertThat(answered).isEmpty();
    answer(observer(answered), "\1" + "x".repeat(ScpLine.FROM_TARGET + 1));
    assertThat(answered).singleElement().isInstanceOf(Unparsed.class);

    List<FileEvent> depth = new ArrayList<>();
    ScpObserver observer = observer(depth);
    answer(observer, "\0");
    for (int i = 0; i <= ScpConversation.LONGEST_PATH / 100; i++) {
      send(observer, "D0755 0 " + "d".repeat(100) + "\n");
      answer(observer, "\0");
    }
    assertThat(depth).singleElement().isInstanceOf(Unparsed.class);
  }

  private static ScpObserver observer(List<FileEvent> events) {
    return new ScpObserver(
        new ScpCommand(Direction.PUT, "/d", true), events::add, TestShares.of(64L << 20).hold());
  }

  private static ScpObserver getting(List<FileEvent> events) {
    return new ScpObserver(
        new ScpCommand(Direction.GET, "/d", false), events::add, TestShares.of(64L << 20).hold());
  }

  private static void send(ScpObserver observer, String bytes) {
    byte[] data = bytes.getBytes(StandardCharsets.UTF_8);
    observer.toTarget(data, 0, data.length);
  }

  private static void answer(ScpObserver observer, String bytes) {
    byte[] data = bytes.getBytes(StandardCharsets.UTF_8);
    observer.fromTarget(data, 0, data.length);
  }

  private ObservedSession scp(String... arguments) throws Exception {
    ObservedSession session = ObservedSession.scp(directory, true, arguments);
    assertThat(session.exit).as(session.errors).isZero();
    return session;
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
