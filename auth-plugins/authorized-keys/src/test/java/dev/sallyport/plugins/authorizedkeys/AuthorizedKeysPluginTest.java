package dev.sallyport.plugins.authorizedkeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.CollectedReports;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.files.UnusableFileException;
import dev.sallyport.support.keys.KeyList;
import dev.sallyport.support.keys.KeysFolder;
import dev.sallyport.support.keys.Revocations;
import dev.sallyport.support.keys.TestKeys;
import dev.sallyport.support.linux.ProcessUser;
import dev.sallyport.support.reports.FileReports;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorizedKeysPluginTest {
  private static final OfferedKey ALICE = TestKeys.ed25519(1);
  private static final OfferedKey BOB = TestKeys.ed25519(2);
  private static final Verdict UNCLAIMED = new Verdict.Unclaimed();

  @TempDir Path temporary;
  private final CollectedReports reports = new CollectedReports();
  private KeysFolder keys;

  /** Where the clock stands; an hour ahead, files that were just written count as settled. */
  private Instant now = Instant.now();

  @BeforeEach
  void makeFolder() throws IOException {
    keys = new KeysFolder(temporary.resolve("keys"));
  }

  private AuthPlugin open(String... files) throws InvalidSettingsException {
    List<String> paths = new ArrayList<>();
    for (String file : files) {
      paths.add(file.startsWith("/") ? file : keys.folder() + "/" + file);
    }
    return new AuthorizedKeysPluginFactory()
        .open(new PluginSettings(Map.of("files", paths)), reports);
  }

  /** A plugin whose clock the test sets. */
  private AuthorizedKeysPlugin openWithClock(String file) {
    InstantSource clock = () -> now;
    FileReports files = new FileReports(reports);
    TrustedPaths trusted = new TrustedPaths(List.of(0, ProcessUser.number().orElseThrow()));
    return new AuthorizedKeysPlugin(
        List.of(FilePattern.parse(keys.folder() + "/" + file, _ -> {}).orElseThrow()),
        new KeyFiles(trusted, files, ZoneOffset.UTC, clock),
        new Revocations(List.of(), trusted, files, clock));
  }

  private static Verdict ask(AuthPlugin plugin, String user, OfferedKey key) throws Exception {
    return plugin.publicKey(attempt(user), key);
  }

  private static LoginAttempt attempt(String user) {
    return new LoginAttempt(user, InetAddress.getLoopbackAddress(), Instant.now());
  }

  private static Verdict accepted(String user, String label) {
    return new Verdict.Accepted(user, Set.of(), label, Restrictions.NONE);
  }

  private static void assertRefused(Verdict verdict, String... reasons) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Refused.class, refused -> assertThat(refused.reason()).contains(reasons));
  }

  @Test
  void letsEachUserInWithTheKeysOfTheirOwnFile() throws Exception {
    keys.write("alice", TestKeys.line(ALICE) + " laptop");
    keys.write("bob", TestKeys.line(BOB));
    AuthPlugin plugin = open("%u");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", "laptop"));
    assertThat(ask(plugin, "bob", BOB)).isEqualTo(accepted("bob", ""));
    assertThat(ask(plugin, "alice", BOB)).isEqualTo(UNCLAIMED);
    assertThat(ask(plugin, "bob", ALICE)).isEqualTo(UNCLAIMED);
    assertThat(reports.problems()).isEmpty();
  }

  @Test
  void inAFileForAllOnlyTheUsersThatALineNamesGetIn() throws Exception {
    keys.write(
        "everybody",
        "principals=\"alice\" " + TestKeys.line(ALICE) + " bob",
        "principals=\"bob,carol\" " + TestKeys.line(BOB));
    AuthPlugin plugin = open("everybody");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", "bob"));
    assertThat(ask(plugin, "carol", BOB)).isEqualTo(accepted("carol", ""));
    assertThat(ask(plugin, "bob", ALICE)).isEqualTo(UNCLAIMED);
    assertThat(ask(plugin, "alice", BOB)).isEqualTo(UNCLAIMED);
    assertThat(reports.problems()).isEmpty();
  }

  @Test
  void inAFileForAllOneKeyMayStandForSeveralUsersOnLinesOfTheirOwn() throws Exception {
    keys.write(
        "everybody",
        "principals=\"alice\" " + TestKeys.line(ALICE) + " one",
        "principals=\"bob\",restrict " + TestKeys.line(ALICE) + " two");
    AuthPlugin plugin = open("everybody");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", "one"));
    assertThat(ask(plugin, "bob", ALICE))
        .isEqualTo(
            new Verdict.Accepted("bob", Set.of(), "two", Restrictions.NONE.withoutPermissions()));
    assertThat(reports.problems()).isEmpty();
  }

  @Test
  void inAFileForAllAKeyOfNobodyIsRefusedAndTold() throws Exception {
    Path file = keys.write("everybody", TestKeys.line(ALICE) + " alice");
    AuthPlugin plugin = open("everybody");
    assertRefused(ask(plugin, "alice", ALICE), "principals=\"USER\"", file + ":1");
    assertThat(reports.problems()).singleElement().asString().startsWith(file + ":1: ");
  }

  /** The operator's slip lets nobody in, and ends no connection that is open. */
  @Test
  void aFileThatCannotBeUsedAtTheMomentTakesNobodysRightAway() throws Exception {
    Path file = keys.write("alice", TestKeys.line(ALICE));
    AuthPlugin plugin = open("%u");
    KeysFolder.mode(file, "rw-rw-rw-");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
    assertThatThrownBy(() -> plugin.recheck(attempt("alice"), ALICE))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(file.toString());
    Files.delete(file);
    assertThat(plugin.recheck(attempt("alice"), ALICE)).isEqualTo(UNCLAIMED);
  }

  /** Unmounted, or moved away for a moment: that nobody has a key any more is not what it says. */
  @Test
  void aFolderThatHasVanishedTakesNobodysRightAwayAndIsToldOnceWhoeverKnocks() throws Exception {
    keys.write("alice", TestKeys.line(ALICE));
    AuthPlugin plugin = open("%u");
    Path elsewhere = temporary.resolve("elsewhere");
    for (int vanished = 1; vanished <= 2; vanished++) {
      Files.move(keys.folder(), elsewhere);
      assertThatThrownBy(() -> plugin.recheck(attempt("alice"), ALICE))
          .isInstanceOf(UnusableFileException.class)
          .hasMessage(keys.folder() + " is not there");
      for (int i = 0; i < 100; i++) {
        assertThat(ask(plugin, "stranger" + i, ALICE)).isEqualTo(UNCLAIMED);
      }
      assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
      assertThat(reports.problems())
          .hasSize(vanished)
          .allSatisfy(told -> assertThat(told).startsWith(keys.folder() + ": is not there"));
      Files.move(elsewhere, keys.folder());
      assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
    }
  }

  @Test
  void soDoesTheFolderThatALinkLeadsTo() throws Exception {
    keys.write("alice", TestKeys.line(ALICE));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), keys.folder());
    AuthPlugin plugin = open(link + "/%u");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
    Files.move(keys.folder(), temporary.resolve("elsewhere"));
    assertThatThrownBy(() -> plugin.recheck(attempt("alice"), ALICE))
        .isInstanceOf(UnusableFileException.class);
  }

  @Test
  void aFolderOfOneUserThatIsGoneMeansThatTheyHaveNoKey() throws Exception {
    Path hers = Files.createDirectory(keys.folder().resolve("alice"));
    KeysFolder.mode(hers, "rwxr-xr-x");
    keys.write("alice/authorized_keys", TestKeys.line(ALICE));
    AuthPlugin plugin = open("%u/authorized_keys");
    assertThat(plugin.recheck(attempt("alice"), ALICE)).isEqualTo(accepted("alice", ""));
    Files.delete(hers.resolve("authorized_keys"));
    assertThat(plugin.recheck(attempt("alice"), ALICE)).isEqualTo(UNCLAIMED);
    Files.delete(hers);
    assertThat(plugin.recheck(attempt("alice"), ALICE)).isEqualTo(UNCLAIMED);
    assertThat(reports.problems()).isEmpty();
  }

  @Test
  void aFileForAllThatIsGoneTakesNobodysRightAwayAndIsTold() throws Exception {
    Path file = keys.write("everybody", "principals=\"alice\" " + TestKeys.line(ALICE));
    AuthPlugin plugin = open("everybody");
    Files.delete(file);
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
    assertThatThrownBy(() -> plugin.recheck(attempt("alice"), ALICE))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(file + " is not there");
    assertThat(reports.problems()).singleElement().asString().startsWith(file + ": is not there");
    keys.write("everybody", "# nobody any more");
    assertThat(plugin.recheck(attempt("alice"), ALICE)).isEqualTo(UNCLAIMED);
  }

  @Test
  void theFirstFileThatHasTheKeyDecides() throws Exception {
    keys.write("alice.one", "unheard-of " + TestKeys.line(ALICE));
    keys.write("alice.two", TestKeys.line(ALICE), TestKeys.line(BOB));
    AuthPlugin plugin = open("%u.one", "%u.two");
    assertRefused(ask(plugin, "alice", ALICE), "\"unheard-of\"");
    assertThat(ask(plugin, "alice", BOB)).isEqualTo(accepted("alice", ""));
  }

  @Test
  void theFirstLineWithTheKeyDecidesBeItARefusal() throws Exception {
    Path file =
        keys.write(
            "alice",
            "unheard-of " + TestKeys.line(ALICE),
            TestKeys.line(ALICE),
            TestKeys.line(BOB),
            "restrict " + TestKeys.line(BOB));
    AuthPlugin plugin = open("%u");
    assertRefused(ask(plugin, "alice", ALICE), "\"unheard-of\"", file + ":1");
    assertThat(ask(plugin, "alice", BOB)).isEqualTo(accepted("alice", ""));
    assertThat(reports.problems())
        .hasSize(3)
        .anySatisfy(told -> assertThat(told).startsWith(file + ":4: ").contains("line 3"));
  }

  @Test
  void aWrongLineIsToldOnceAndLocksNobodyOut() throws Exception {
    Path file =
        keys.write(
            "alice",
            "rubbish",
            "ssh-ed25519 AAAA",
            "x".repeat(KeyList.LONGEST_LINE + 1),
            TestKeys.line(ALICE));
    AuthPlugin plugin = open("%u");
    for (int i = 0; i < 5; i++) {
      assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
    }
    assertThat(reports.problems())
        .hasSize(3)
        .allSatisfy(told -> assertThat(told).startsWith(file.toString()))
        .anySatisfy(told -> assertThat(told).startsWith(file + ":3: "));
  }

  @Test
  void aFaultThatCameBackIsToldAgain() throws Exception {
    AuthPlugin plugin = open("%u");
    for (int i = 0; i < 2; i++) {
      keys.replace("alice", "rubbish");
      ask(plugin, "alice", ALICE);
      keys.replace("alice", "# nothing");
      ask(plugin, "alice", ALICE);
    }
    assertThat(reports.problems()).hasSize(2);
  }

  @Test
  void aFileOfRubbishIsToldInAScreenful() throws Exception {
    Path file = keys.write("alice", Collections.nCopies(332, "rubbish").toArray(String[]::new));
    ask(open("%u"), "alice", ALICE);
    assertThat(reports.problems()).hasSize(KeyList.MOST_FAULTS + 1);
    assertThat(reports.problems().getLast()).isEqualTo(file + ": and 312 more faults");
  }

  @Test
  void readsFilesWithDosLineEndsAndWithoutALastOne() throws Exception {
    String content = "# keys\r\n" + TestKeys.line(ALICE) + " laptop\r\n" + TestKeys.line(BOB);
    keys.write("alice", content.getBytes(StandardCharsets.UTF_8));
    AuthPlugin plugin = open("%u");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", "laptop"));
    assertThat(ask(plugin, "alice", BOB)).isEqualTo(accepted("alice", ""));
    assertThat(reports.problems()).isEmpty();
  }

  @Test
  void oldMacLineEndsHideNoKeyInAComment() throws Exception {
    String content = TestKeys.line(ALICE) + "\r" + TestKeys.line(BOB) + "\r";
    keys.write("alice", content.getBytes(StandardCharsets.UTF_8));
    assertThat(ask(open("%u"), "alice", ALICE)).isEqualTo(UNCLAIMED);
    assertThat(reports.problems()).singleElement().asString().contains("carriage return");
  }

  @Test
  void tellsAByteOrderMark() throws Exception {
    String content = "\ufeff" + TestKeys.line(ALICE) + "\n" + TestKeys.line(BOB) + "\n";
    keys.write("alice", content.getBytes(StandardCharsets.UTF_8));
    keys.write("bob", content.getBytes(StandardCharsets.UTF_16LE));
    AuthPlugin plugin = open("%u");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
    assertThat(ask(plugin, "alice", BOB)).isEqualTo(accepted("alice", ""));
    assertThat(ask(plugin, "bob", BOB)).isEqualTo(UNCLAIMED);
    assertThat(reports.problems().getFirst()).contains("alice:1", "byte order mark");
    assertThat(reports.problems().get(1)).contains("bob:1", "byte order mark");
  }

  @Test
  void aFileOf50MegabytesIsNotRead() throws Exception {
    Path file = keys.write("alice", TestKeys.line(ALICE));
    try (RandomAccessFile grown = new RandomAccessFile(file.toFile(), "rw")) {
      grown.setLength(50L * 1024 * 1024);
    }
    AuthPlugin plugin = open("%u");
    for (int i = 0; i < 100; i++) {
      assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
    }
    assertThat(reports.problems()).singleElement().asString().contains("larger than 1048576");
  }

  @Test
  void aFileOfTheLargestSizeIsReadWhole() throws Exception {
    byte[] last = (TestKeys.line(ALICE) + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] content = new byte[KeyFiles.LARGEST_FILE];
    Arrays.fill(content, (byte) '\n');
    System.arraycopy(last, 0, content, content.length - last.length, last.length);
    keys.write("alice", content);
    assertThat(ask(open("%u"), "alice", ALICE)).isEqualTo(accepted("alice", ""));
  }

  @Test
  void whatChangesOnTheDiskCountsAtTheNextQuestion() throws Exception {
    AuthPlugin plugin = open("%u");
    for (int i = 0; i < 200; i++) {
      keys.write("alice", TestKeys.line(ALICE));
      assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
      // As long and, in the same tick of the disk's clock, as old.
      keys.write("alice", TestKeys.line(BOB));
      assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
      keys.replace("alice", TestKeys.line(ALICE));
      assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
      Files.delete(keys.folder().resolve("alice"));
      assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
    }
  }

  /** Through a mapped page that is dirty already, a file changes without any of its times. */
  @Test
  void aFileThatJustChangedIsReadAgainThoughItLooksTheSame() throws Exception {
    Path file = keys.write("alice", TestKeys.line(ALICE));
    AuthorizedKeysPlugin plugin = openWithClock("%u");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
      mapped.put(0, TestKeys.text(TestKeys.line(ALICE)));
      assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
      mapped.put(0, TestKeys.text(TestKeys.line(BOB)));
      assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
      assertThat(ask(plugin, "alice", BOB)).isEqualTo(accepted("alice", ""));
    }
  }

  @Test
  void aSettledFileIsReadOnceAndAgainWhenItChanges() throws Exception {
    now = now.plusSeconds(3600);
    Path file = keys.write("alice", TestKeys.line(ALICE));
    AuthorizedKeysPlugin plugin = openWithClock("%u");
    Verdict first = ask(plugin, "alice", ALICE);
    KeysFolder.mode(file, "rw-------");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(first);
    keys.write("alice", TestKeys.line(BOB) + " longer");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
    assertThat(ask(plugin, "alice", BOB)).isEqualTo(accepted("alice", "longer"));
  }

  @Test
  void aLinkThatIsTurnedCountsAtTheNextQuestion() throws Exception {
    now = now.plusSeconds(3600);
    keys.write("one", TestKeys.line(ALICE));
    keys.write("two", TestKeys.line(BOB));
    Path link = Files.createSymbolicLink(keys.folder().resolve("alice"), Path.of("one"));
    AuthorizedKeysPlugin plugin = openWithClock("%u");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("two"));
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
  }

  @Test
  void permissionsThatAreLoosenedCloseTheFileAtOnce() throws Exception {
    now = now.plusSeconds(3600);
    Path file = keys.write("alice", TestKeys.line(ALICE));
    AuthorizedKeysPlugin plugin = openWithClock("%u");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
    KeysFolder.mode(file, "rw-rw-rw-");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
    assertThat(reports.problems()).singleElement().asString().contains("chmod go-w");
  }

  @Test
  void anOpenFolderIsToldOnceWhoeverKnocks() throws Exception {
    AuthPlugin plugin = open("%u");
    KeysFolder.mode(keys.folder(), "rwxrwxrwx");
    for (int i = 0; i < 1_000; i++) {
      ask(plugin, "stranger" + i, ALICE);
    }
    assertThat(reports.problems()).hasSize(1);
  }

  /** The kernel says that it is empty, and then gives megabytes. */
  @Test
  void aFileThatIsLargerThanItClaimsIsNotReadToItsEnd() throws Exception {
    Path symbols = Path.of("/proc/kallsyms");
    assumeTrue(Files.isReadable(symbols), "there is no file here that lies about its size");
    assertThat(ask(open(symbols.toString()), "alice", ALICE)).isEqualTo(UNCLAIMED);
    assertThat(reports.problems()).singleElement().asString().contains("larger than 1048576");
  }

  /** Reading a process's first page fails for root too. */
  @Test
  void aFileThatFailsWhileItIsReadLetsNobodyInAndIsTold() throws Exception {
    AuthPlugin plugin = open("/proc/self/mem");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
    assertThat(reports.problems()).singleElement().asString().contains("cannot be read");
  }

  @Test
  void questionsAtOnceSeeAWholeFileWhileItIsReplaced() throws Exception {
    String[] both = {TestKeys.line(ALICE), TestKeys.line(BOB)};
    keys.replace("alice", both);
    AuthPlugin plugin = open("%u");
    AtomicBoolean done = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> askers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Callable<Integer> asker =
            () -> {
              int asked = 0;
              do {
                assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
                assertThat(ask(plugin, "bob", ALICE)).isEqualTo(UNCLAIMED);
                asked++;
              } while (!done.get());
              return asked;
            };
        askers.add(threads.submit(asker));
      }
      for (int i = 0; i < 200; i++) {
        keys.replace("alice", i % 2 == 0 ? new String[] {both[0]} : both);
      }
      done.set(true);
      for (Future<Integer> asker : askers) {
        assertThat(asker.get()).isPositive();
      }
    }
    assertThat(ask(plugin, "alice", BOB)).isEqualTo(accepted("alice", ""));
  }

  @Test
  void tellsAtTheStartWhatIsNotThere() throws Exception {
    open(temporary + "/missing/%u", "everybody");
    assertThat(reports.problems())
        .hasSize(2)
        .anySatisfy(told -> assertThat(told).startsWith(temporary + "/missing: "))
        .anySatisfy(told -> assertThat(told).startsWith(keys.folder() + "/everybody: "));
  }

  @Test
  void namesEveryFaultOfItsSettings() {
    assertThatThrownBy(() -> open("/a/../%u", "/a/%h"))
        .isInstanceOfSatisfying(
            InvalidSettingsException.class,
            e ->
                assertThat(e.faults())
                    .hasSize(2)
                    .allSatisfy(fault -> assertThat(fault.key()).isEqualTo("files")));
  }

  @Test
  void refusesAFileForAllThatIsAlsoSomeUsersOwn() {
    assertThatThrownBy(() -> open("%u", "everybody"))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("everybody");
  }
}
