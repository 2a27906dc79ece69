package dev.sallyport.recording.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.memory.MemoryHold;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.memory.TestShares;
import dev.sallyport.recording.files.FileEvent.Change;
import dev.sallyport.recording.files.FileEvent.Changed;
import dev.sallyport.recording.files.FileEvent.Direction;
import dev.sallyport.recording.files.FileEvent.Transferred;
import dev.sallyport.recording.files.FileEvent.Unparsed;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no stock client or server sends, or only now and then. */
final class SftpObserverTest {
  private final SftpTalk talk = SftpTalk.begun();

  @Test
  void hashesInTheOrderOfTheFileWhateverTheOrderOfTheAnswers() throws Exception {
    Fuzz.run(
        300,
        (fuzz, round) -> {
          SftpTalk other = SftpTalk.begun().opened("/a", SftpTalk.READ, "h");
          List<Integer> parts = new ArrayList<>();
          StringBuilder file = new StringBuilder();
          for (int i = 0; i < 64; i++) {
            other.read(i, "h", 3L * i, 3);
            file.append("%03d".formatted(i));
            parts.add(i);
          }
          Collections.shuffle(parts, new Random(fuzz.below(1_000_000)));
          for (int i : parts) {
            other.data(i, "%03d".formatted(i));
          }
          assertThat(other.closed("h"))
              .containsExactly(
                  new Transferred(Direction.GET, "/a", 192, 0, hash(file.toString()), "ok"));
        });
  }

  @Test
  void tellsTwoDirectionsOfOneHandle() throws Exception {
    talk.opened("/a", SftpTalk.READ | SftpTalk.WRITE, "h");
    talk.write(1, "h", 0, "abc").status(1, SftpTalk.OK);
    talk.read(2, "h", 1, 2).data(2, "bc").read(3, "h", 3, 2).status(3, SftpTalk.EOF);
    assertThat(talk.closed("h"))
        .containsExactly(
            new Transferred(Direction.PUT, "/a", 3, 0, hash("abc"), "ok"),
            new Transferred(Direction.GET, "/a", 2, 1, hash("bc"), "ok"));
  }

  @Test
  void hashesAppendedPartsAsTheyComeWhateverTheirOffsets() throws Exception {
    talk.opened("/a", SftpTalk.WRITE | SftpTalk.APPEND, "h");
    talk.write(1, "h", 10, "abc").status(1, SftpTalk.OK);
    talk.write(2, "h", 0, "def").status(2, SftpTalk.OK);
    assertThat(talk.closed("h"))
        .containsExactly(new Transferred(Direction.PUT, "/a", 6, 10, hash("abcdef"), "ok"));
  }

  /** A gap, an overlap, what was written before, and a part before the first. */
  @ParameterizedTest
  @CsvSource({"0, 3", "0, 1", "0, 0", "5, 0"})
  void tellsNoHashOfWhatIsNotOneRun(int first, int second) {
    talk.opened("/a", SftpTalk.WRITE, "h");
    talk.write(1, "h", first, "ab").status(1, SftpTalk.OK);
    talk.write(2, "h", second, "cd").status(2, SftpTalk.OK);
    assertThat(talk.closed("h"))
        .containsExactly(unhashed(Direction.PUT, 4, first, ContentHash.OUT_OF_ORDER));
  }

  @Test
  void tellsNoHashOfWhatTheTargetRefused() {
    talk.opened("/a", SftpTalk.WRITE, "h");
    talk.write(1, "h", 0, "abc").status(1, 4);
    assertThat(talk.closed("h"))
        .containsExactly(new Transferred(Direction.PUT, "/a", 3, 0, Optional.empty(), "failure"));
  }

  @Test
  void tellsNoHashWhenMoreIsOutOfOrderThanCanWait() {
    talk.opened("/a", SftpTalk.READ, "h").read(0, "h", 0, 1);
    String part = "x".repeat(32 * 1024);
    int parts = SftpConversation.MOST_WAITING_BYTES / part.length() + 1;
    for (int i = 1; i <= parts; i++) {
      talk.read(i, "h", (long) i * part.length(), part.length()).data(i, part);
    }
    talk.data(0, "y");
    assertThat(talk.closed("h"))
        .containsExactly(
            unhashed(Direction.GET, (long) parts * part.length() + 1, 0, ContentHash.OUT_OF_ORDER));
  }

  private static Transferred unhashed(Direction direction, long bytes, long offset, String why) {
    return new Transferred(
        direction, "/a", bytes, offset, Optional.empty(), "ok", Optional.of(why));
  }

  @Test
  void givesUpAHashRatherThanTakeMoreThanTheUsersShare() throws Exception {
    MemoryShare share = TestShares.of(512 * 1024);
    SftpTalk small = SftpTalk.begun(share.hold());
    small.opened("/a", SftpTalk.WRITE, "h").write(0, "h", 0, "x").status(0, SftpTalk.OK);
    String part = "x".repeat(32 * 1024);
    for (int i = 1; i <= 20; i++) {
      small.write(i, "h", 1L + (long) i * part.length(), part).status(i, SftpTalk.OK);
      assertThat(share.held()).isLessThanOrEqualTo(512 * 1024);
    }
    assertThat(share.held()).as("what waited is given back").isLessThan(128 * 1024);
    assertThat(small.closed("h"))
        .containsExactly(
            unhashed(Direction.PUT, 20L * part.length() + 1, 0, ContentHash.NO_MEMORY));
    small.opened("/b", SftpTalk.WRITE, "h").write(1, "h", 0, "abc").status(1, SftpTalk.OK);
    assertThat(small.closed("h"))
        .last()
        .isEqualTo(new Transferred(Direction.PUT, "/b", 3, 0, hash("abc"), "ok"));
    small.ended();
    assertThat(share.held()).isZero();
  }

  @Test
  void whatCannotBeKeptForWantOfMemoryIsNotUnderstoodInWords() {
    MemoryShare share = TestShares.of(256 * 1024);
    SftpTalk small = SftpTalk.begun(share.hold());
    for (int i = 0; i < 4000; i++) {
      small.send(small.packet(17, i, "/path"));
    }
    assertThat(small.events)
        .singleElement()
        .isInstanceOfSatisfying(
            Unparsed.class,
            unparsed -> assertThat(unparsed.reason()).contains("your share is 1 MiB"));
    assertThat(share.held()).isZero();
  }

  @Test
  void ordinaryTransfersNeedNoMoreThanWhatIsReservedBeforeTheyBegin() throws Exception {
    MemoryHold memory = TestShares.of(FileObserver.FIRST_MEMORY).hold();
    assertThat(memory.add(FileObserver.FIRST_MEMORY)).isTrue();
    SftpTalk ordinary = SftpTalk.begun(memory);
    ordinary.opened("/a", SftpTalk.READ, "h");
    String part = "x".repeat(32 * 1024);
    for (int i = 0; i < 64; i++) {
      ordinary.read(i, "h", (long) i * part.length(), part.length());
    }
    for (int i = 0; i < 64; i++) {
      byte[] packet = ordinary.packet(103, i, part);
      ordinary.observer.fromTarget(packet, 0, 20_000);
      ordinary.observer.fromTarget(packet, 20_000, packet.length - 20_000);
    }
    assertThat(ordinary.closed("h"))
        .containsExactly(
            new Transferred(Direction.GET, "/a", 64L << 15, 0, hash(part.repeat(64)), "ok"));
  }

  @Test
  void waitsForTheAnswersThatComeAfterTheClose() throws Exception {
    talk.opened("/a", SftpTalk.READ, "h").read(1, "h", 0, 3).close(2, "h");
    talk.status(2, SftpTalk.OK);
    assertThat(talk.events).isEmpty();
    talk.data(1, "abc");
    assertThat(talk.events)
        .containsExactly(new Transferred(Direction.GET, "/a", 3, 0, hash("abc"), "ok"));
  }

  @Test
  void knowsAHandleThatIsGivenAgain() throws Exception {
    talk.opened("/a", SftpTalk.WRITE, "h").write(1, "h", 0, "a").status(1, SftpTalk.OK);
    talk.closed("h");
    talk.opened("/b", SftpTalk.WRITE, "h").write(1, "h", 0, "b").status(1, SftpTalk.OK);
    assertThat(talk.closed("h"))
        .containsExactly(
            new Transferred(Direction.PUT, "/a", 1, 0, hash("a"), "ok"),
            new Transferred(Direction.PUT, "/b", 1, 0, hash("b"), "ok"));
  }

  /**
   * OpenSSH's server makes the file for CREATE and empties it for TRUNCATE, whatever else is set.
   */
  @ParameterizedTest
  @ValueSource(
      ints = {
        SftpTalk.CREATE,
        SftpTalk.TRUNCATE,
        SftpTalk.READ | SftpTalk.CREATE,
        SftpTalk.READ | SftpTalk.TRUNCATE,
        SftpTalk.READ | SftpTalk.CREATE | SftpTalk.APPEND
      })
  void tellsAFileThatIsChangedByOpeningItAsSent(int flags) throws Exception {
    talk.open(1, "/a", flags).status(1, SftpTalk.DENIED).opened("/b", flags, "h");
    assertThat(talk.closed("h"))
        .containsExactly(
            new Transferred(Direction.PUT, "/a", 0, 0, Optional.empty(), "permission denied"),
            new Transferred(Direction.PUT, "/b", 0, 0, hash(""), "ok"));
  }

  @Test
  void tellsAFileThatIsEmptiedAndReadInBothDirections() throws Exception {
    talk.opened("/a", SftpTalk.READ | SftpTalk.TRUNCATE, "h");
    talk.read(1, "h", 0, 2).status(1, SftpTalk.EOF);
    assertThat(talk.closed("h"))
        .containsExactly(
            new Transferred(Direction.PUT, "/a", 0, 0, hash(""), "ok"),
            new Transferred(Direction.GET, "/a", 0, 0, hash(""), "ok"));
  }

  /** OpenSSH's handles count from 0: a client need not wait to know the next. */
  @Test
  void stopsUnderstandingAClientThatGuessesAHandleBeforeTheGuessIsPassedOn() {
    talk.open(1, "/a", SftpTalk.WRITE).write(2, "h", 0, "secret");
    assertThat(talk.events)
        .containsExactly(
            new Transferred(Direction.PUT, "/a", 0, 0, Optional.empty(), "unfinished"),
            new Unparsed("the client used a handle before the target gave it"));
  }

  /** Each of them changes what a handle stands for, or what that holds. */
  static List<Consumer<SftpTalk>> usesOfAHandle() {
    return List.of(
        talk -> talk.read(9, "h", 0, 1),
        talk -> talk.write(9, "h", 0, "secret"),
        talk -> talk.close(9, "h"),
        talk -> talk.send(talk.packet(10, 9, "h", 4, 0777)),
        talk -> talk.send(talk.packet(200, 9, "copy-data", "h", 0L, 0L, "h", 0L)));
  }

  @ParameterizedTest
  @MethodSource("usesOfAHandle")
  void stopsUnderstandingAnyUseOfAHandleThatTheTargetMayBeGiving(Consumer<SftpTalk> use) {
    assertThat(unparsed(use, talk -> talk.open(1, "/a", SftpTalk.WRITE))).contains("before");
    assertThat(unparsed(use, talk -> talk.send(talk.packet(11, 1, "/d")))).contains("before");
    assertThat(
            unparsed(
                use,
                talk -> {
                  talk.opened("/a", SftpTalk.WRITE, "h").close(1, "h");
                  talk.open(2, "/b", SftpTalk.WRITE);
                }))
        .contains("before");
    assertThat(
            unparsed(
                use,
                talk -> {
                  talk.send(talk.packet(11, 1, "/d")).handle(1, "h").close(2, "h");
                  talk.open(3, "/b", SftpTalk.WRITE);
                }))
        .contains("before");
  }

  /** As a client that closes what is closed already. */
  @ParameterizedTest
  @MethodSource("usesOfAHandle")
  void anUnknownHandleIsHarmlessWhileNoneCanBeGiven(Consumer<SftpTalk> use) {
    SftpTalk other = SftpTalk.begun().open(1, "/a", SftpTalk.READ).status(1, SftpTalk.DENIED);
    other.send(other.packet(11, 2, "/d")).handle(2, "d");
    use.accept(other);
    other.status(9, 4);
    other.send(other.packet(16, 10, ".")).status(10, SftpTalk.DENIED);
    assertThat(other.ended()).noneMatch(event -> event instanceof Unparsed);
  }

  private static String unparsed(Consumer<SftpTalk> use, Consumer<SftpTalk> before) {
    SftpTalk understood = SftpTalk.begun();
    before.accept(understood);
    assertThat(understood.events).noneMatch(event -> event instanceof Unparsed);
    return unparsed(before.andThen(use));
  }

  @Test
  void tellsNothingOfAHandleThatTheTargetDoesNotKnowEither() {
    talk.write(1, "h", 0, "x").status(1, 4).read(2, "h", 0, 9).status(2, 4).closed("h2");
    assertThat(talk.events).last().isInstanceOf(Unparsed.class);
    SftpTalk other = SftpTalk.begun().close(1, "h").status(1, 4);
    assertThat(other.ended()).isEmpty();
  }

  @Test
  void tellsWhatIsUnansweredWhenTheSessionEnds() throws Exception {
    talk.opened("/a", SftpTalk.WRITE, "h").write(1, "h", 0, "ab");
    talk.open(2, "/b", SftpTalk.READ).send(talk.packet(13, 3, "/c"));
    assertThat(talk.ended())
        .containsExactly(
            new Transferred(Direction.PUT, "/a", 2, 0, hash("ab"), "unfinished"),
            new Transferred(Direction.GET, "/b", 0, 0, Optional.empty(), "unfinished"),
            new Changed(Change.REMOVE, "/c", Optional.empty(), "", "unfinished"));
    assertThat(talk.ended()).hasSize(3);
  }

  @Test
  void saysAtAnyTimeWhatIsOnItsWayWithoutEndingIt() throws Exception {
    talk.opened("/a", SftpTalk.WRITE, "h").write(1, "h", 0, "ab").open(2, "/b", SftpTalk.READ);

    assertThat(talk.observer.unfinished())
        .containsExactly(
            new Transferred(Direction.PUT, "/a", 2, 0, Optional.empty(), "unfinished"),
            new Transferred(Direction.GET, "/b", 0, 0, Optional.empty(), "unfinished"));
    assertThat(talk.events).isEmpty();

    talk.status(1, SftpTalk.OK).status(2, SftpTalk.DENIED).write(3, "h", 2, "c");
    talk.status(3, SftpTalk.OK);
    assertThat(talk.closed("h"))
        .contains(new Transferred(Direction.PUT, "/a", 3, 0, hash("abc"), "ok"));
    assertThat(talk.observer.unfinished()).isEmpty();
    talk.open(4, "/c", SftpTalk.READ).ended();
    assertThat(talk.observer.unfinished()).isEmpty();
  }

  @Test
  void tellsDetailsOfAttributes() {
    talk.send(talk.packet(9, 1, "/a", 0xf, 5L, 1, 2, 0100644, 0, 60)).status(1, SftpTalk.DENIED);
    talk.send(talk.packet(200, 2, "lsetstat@openssh.com", "/b", 2, 0, 0)).status(2, SftpTalk.OK);
    assertThat(talk.events)
        .containsExactly(
            new Changed(
                Change.SETSTAT,
                "/a",
                Optional.empty(),
                "size 5, uid 1 gid 2, mode 0644, accessed 1970-01-01T00:00:00Z modified"
                    + " 1970-01-01T00:01:00Z",
                "permission denied"),
            new Changed(Change.SETSTAT, "/b", Optional.empty(), "uid 0 gid 0", "ok"));
  }

  @Test
  void tellsAnUnknownExtensionUnlessTheTargetDoesNotKnowItEither() {
    talk.send(talk.packet(200, 1, "wipe@example.com", "/a")).status(1, SftpTalk.OK);
    talk.send(talk.packet(200, 2, "fsync@openssh.com", "h")).status(2, SftpTalk.OK);
    talk.send(talk.packet(200, 3, "wipe@example.com", "/a")).status(3, 8);
    assertThat(talk.events)
        .containsExactly(
            new Changed(Change.EXTENSION, "", Optional.empty(), "wipe@example.com", "ok"));
  }

  @Test
  void keepsPathsThatAreNotUtf8ReadableAndLongOnesShort() {
    talk.send(talk.packet(13, 1, new byte[] {'/', (byte) 0xff, '\n'})).status(1, SftpTalk.OK);
    talk.send(talk.packet(13, 2, "x".repeat(200_000))).status(2, 4);
    assertThat(talk.events)
        .containsExactly(
            new Changed(Change.REMOVE, "/\\xff\n", Optional.empty(), "", "ok"),
            new Changed(
                Change.REMOVE,
                "x".repeat(4096) + "... (200000 bytes)",
                Optional.empty(),
                "",
                "failure"));
  }

  @Test
  void understandsOnlyVersionThree() {
    SftpTalk newer = new SftpTalk();
    newer.send(newer.packet(1, 6)).answer(newer.packet(2, 6));
    assertThat(newer.events)
        .containsExactly(new Unparsed("the target speaks version 6 of SFTP, not 3"));
    SftpTalk polite = new SftpTalk();
    polite.send(polite.packet(1, 6)).answer(polite.packet(2, 3));
    assertThat(polite.ended()).isEmpty();
  }

  @Test
  void saysWhatItDoesNotUnderstand() {
    assertThat(unparsed(talk -> talk.send(talk.packet(99, 1)))).contains("unknown type 99");
    assertThat(unparsed(talk -> talk.status(1, 0))).contains("a request that was not sent");
    assertThat(unparsed(talk -> talk.send(talk.packet(13, 1)))).contains("ends before");
    assertThat(unparsed(talk -> talk.send(talk.packet(13, 1, 77)))).contains("longer than");
    assertThat(unparsed(talk -> talk.send(new byte[] {-1, -1, -1, -1}))).contains("4294967295");
    assertThat(unparsed(talk -> talk.send(new byte[4]))).contains("a packet of 0 bytes");
    assertThat(
            unparsed(
                talk -> talk.opened("/a", SftpTalk.READ, "h").read(1, "h", 0, 2).data(1, "abc")))
        .contains("more of a file");
    assertThat(unparsed(talk -> talk.read(1, "h", 0, 2).data(1, "a")))
        .contains("before the target");
    assertThat(unparsed(talk -> talk.open(1, "/a", 1).data(1, "a"))).contains("does not fit");
    assertThat(unparsed(talk -> talk.opened("/a", 1, "h").opened("/b", 1, "h"))).contains("twice");
    assertThat(unparsed(talk -> talk.open(1, "/a", 1).open(1, "/b", 1))).contains("same id");
    assertThat(unparsed(talk -> talk.write(1, "h", Long.MAX_VALUE, "a"))).contains("beyond");
    assertThat(unparsed(talk -> talk.opened("/a", 1, "h".repeat(257)))).contains("257");
  }

  /** Paramiko asks for all of a large file at once. */
  @Test
  void holdsBackAClientThatAsksFasterThanItIsAnswered() throws Exception {
    SftpTalk talk = SftpTalk.begun();
    int asked = 0;
    while (talk.observer.awaitRoom(Duration.ZERO)) {
      talk.send(talk.packet(16, asked++, "."));
    }
    assertThat(asked).isGreaterThan(SftpConversation.MOST_REQUESTS / 4);
    talk.status(0, SftpTalk.OK);
    assertThat(talk.observer.awaitRoom(Duration.ZERO)).isTrue();
    for (int i = asked; i < asked + 2_500; i++) {
      talk.send(talk.packet(16, i, "."));
    }
    assertThat(talk.events).isEmpty();
  }

  /** As sshfs does: what is open is closed some day, if only the CLOSE gets through. */
  @Test
  void whoHasManyFilesWithLongPathsOpenIsNotHeldBack() throws Exception {
    String path = "x".repeat(440);
    int most = SftpConversation.MOST_OPEN;
    for (int i = 0; i < most; i++) {
      assertThat(talk.observer.awaitRoom(Duration.ZERO)).isTrue();
      talk.opened(path, SftpTalk.READ, "h" + i);
    }
    for (int i = 0; i < most; i++) {
      assertThat(talk.observer.awaitRoom(Duration.ZERO)).isTrue();
      talk.closed("h" + i);
    }
    assertThat(talk.events).hasSize(most).allMatch(event -> event instanceof Transferred);
  }

  @Test
  void whoWaitsForRoomIsLetGoWhenTheSessionEnds() throws Exception {
    SftpTalk talk = SftpTalk.begun();
    for (int asked = 0; talk.observer.awaitRoom(Duration.ZERO); asked++) {
      talk.send(talk.packet(16, asked, "."));
    }
    FutureTask<Boolean> waiting =
        new FutureTask<>(() -> talk.observer.awaitRoom(Duration.ofMinutes(1)));
    Thread.ofVirtual().start(waiting);
    talk.observer.end();
    assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void boundsWhatItHolds() {
    assertThat(
            unparsed(talk -> {
              for (int id = 0; id <= SftpConversation.MOST_REQUESTS; id++) {
                talk.send(talk.packet(16, id, "."));
              }
            }))
        .contains("requests without answer");
    assertThat(
            unparsed(talk -> {
              for (int id = 0; id <= SftpConversation.MOST_OPEN; id++) {
                talk.open(id, "/a", SftpTalk.READ).handle(id, "h" + id);
              }
            }))
        .contains("open at once");
    assertThat(
            unparsed(talk -> {
              for (int id = 0; id < 200; id++) {
                talk.send(talk.packet(13, id, "x".repeat(4000)));
              }
            }))
        .contains("bytes of names in requests without answer");
    assertThat(unparsed(SftpObserverTest::openLongPaths)).contains("bytes of names of open files");
  }

  private static void openLongPaths(SftpTalk talk) {
    String path = "x".repeat(4000);
    for (int i = 0; i * 2 * path.length() <= SftpConversation.MOST_OPEN_BYTES; i++) {
      talk.opened(path, SftpTalk.READ, "h" + i);
    }
  }

  @Test
  void closingADirectoryTwiceFreesItsNameOnce() {
    String path = "x".repeat(4000);
    assertThat(
            unparsed(talk -> {
              for (int i = 0; i < 600; i++) {
                talk.send(talk.packet(11, 1, path)).handle(1, "d").close(2, "d").close(3, "d");
                talk.status(2, SftpTalk.OK).status(3, 4);
              }
              openLongPaths(talk);
            }))
        .contains("bytes of names of open files");
  }

  @Test
  void givesBackWhatItHeld() throws Exception {
    String path = "x".repeat(4000);
    for (int i = 0; i < 3000; i++) {
      talk.opened(path, SftpTalk.READ, "h").read(1, "h", 3, 1).read(2, "h", 0, 3);
      talk.data(2, "abc").data(1, "d").closed("h");
      talk.send(talk.packet(11, 5, path)).handle(5, "d").closed("d");
      talk.send(talk.packet(18, 6, path, path)).status(6, SftpTalk.OK);
    }
    assertThat(talk.events).hasSize(6000).noneMatch(event -> event instanceof Unparsed);
  }

  private static String unparsed(Consumer<SftpTalk> doing) {
    SftpTalk talk = SftpTalk.begun();
    doing.accept(talk);
    int before = talk.events.size();
    doing.accept(talk);
    talk.observer.end();
    assertThat(talk.events).hasSize(before);
    assertThat(talk.events).last().isInstanceOf(Unparsed.class);
    return talk.events.getLast() instanceof Unparsed(String reason) ? reason : "";
  }

  private static Optional<String> hash(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Optional.of(
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
  }
}
