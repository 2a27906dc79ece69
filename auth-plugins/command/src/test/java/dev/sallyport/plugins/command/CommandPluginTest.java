package dev.sallyport.plugins.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.plugins.asking.CannotTellException;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.CollectedReports;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.keys.KeysFolder;
import dev.sallyport.support.keys.TestKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real programs. */
class CommandPluginTest {
  private static final OfferedKey ALICE = TestKeys.ed25519(1);
  private static final OfferedKey BOB = TestKeys.ed25519(2);
  private static final Verdict UNCLAIMED = new Verdict.Unclaimed();
  private static final String PRINT_ALICE = "echo '" + TestKeys.line(ALICE) + "'";

  @TempDir Path temporary;
  private final CollectedReports reports = new CollectedReports();
  private final List<AuthPlugin> opened = new ArrayList<>();
  private Scripts scripts;

  @BeforeEach
  void makeFolder() throws IOException {
    scripts = new Scripts(temporary.resolve("bin"));
    // The program runs as another user when the tests are root's.
    KeysFolder.mode(temporary, "rwxr-xr-x");
  }

  @AfterEach
  void close() {
    opened.forEach(AuthPlugin::close);
  }

  private AuthPlugin open(Map<String, Object> more, String... command)
      throws InvalidSettingsException {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("command", List.of(command));
    if (isRoot()) {
      settings.putIfAbsent("user", "nobody");
    }
    AuthPlugin plugin = new CommandPluginFactory().open(new PluginSettings(settings), reports);
    opened.add(plugin);
    return plugin;
  }

  private AuthPlugin open(String... command) throws InvalidSettingsException {
    return open(Map.of("timeout", "10 s"), command);
  }

  private static boolean isRoot() {
    return Rights.of(Path.of("/proc/self/status")).user() == Rights.ROOT;
  }

  private static LoginAttempt attempt(String user) {
    return new LoginAttempt(user, InetAddress.getLoopbackAddress(), Instant.now());
  }

  private static Verdict ask(AuthPlugin plugin, String user, OfferedKey key) throws Exception {
    return plugin.publicKey(attempt(user), key);
  }

  private static Verdict accepted(String user, String label) {
    return new Verdict.Accepted(user, Set.of(), label, Restrictions.NONE);
  }

  @Test
  void theKeysThatTheProgramPrintsLetTheUserIn() throws Exception {
    String script = scripts.write("keys", "[ \"$1\" = alice ] || exit 0", PRINT_ALICE);
    AuthPlugin plugin = open(script);
    assertThat(ask(plugin, "alice", ALICE)).isInstanceOf(Verdict.Accepted.class);
    assertThat(ask(plugin, "alice", BOB)).isEqualTo(UNCLAIMED);
    assertThat(ask(plugin, "bob", ALICE)).isEqualTo(UNCLAIMED);
    assertThat(reports.problems()).isEmpty();
  }

  @Test
  void optionsOfThePrintedLineCountAsInAFileOfTheUser() throws Exception {
    AuthPlugin plugin =
        open(
            scripts.write(
                "keys",
                "echo 'restrict " + TestKeys.line(ALICE) + " laptop'",
                "echo 'tunnel=\"1\",no-such " + TestKeys.line(BOB) + "'"));
    assertThat(ask(plugin, "alice", ALICE))
        .isEqualTo(
            new Verdict.Accepted(
                "alice", Set.of(), "laptop", Restrictions.NONE.withoutPermissions()));
    assertThat(ask(plugin, "alice", BOB)).isInstanceOf(Verdict.Refused.class);
  }

  @Test
  void theProgramGetsItsArgumentsAsTheyAreAndAlmostNothingElse() throws Exception {
    Path seen = Files.createFile(temporary.resolve("seen"));
    KeysFolder.mode(seen, "rw-rw-rw-");
    String script =
        scripts.write(
            "keys",
            "{ for argument; do echo \"[$argument]\"; done; env | cut -d= -f1 | sort; pwd",
            "  cat; id -u; id -G; umask; ps -o sid= -p $$ | grep -qw $$ && echo own session; } >>"
                + seen);
    open(script, "%u", "a b", "'\"$HOME;*", "%t", "%k").close();
    AuthPlugin plugin = open(script, "%u", "a b", "'\"$HOME;*", "%t", "%f");
    ask(plugin, "alice", ALICE);
    List<String> lines = Files.readAllLines(seen);
    assertThat(lines)
        .startsWith(
            "[alice]", "[a b]", "['\"$HOME;*]", "[ssh-ed25519]", "[" + ALICE.fingerprint() + "]")
        .contains("LANG", "PATH", "/", "own session")
        .doesNotContain("HOME", "USER", "JAVA_HOME", "SSH_AUTH_SOCK");
    if (isRoot()) {
      assertThat(lines).contains("65534").doesNotContain("0");
    }
  }

  /** As sshd, which decodes a key before it runs the program. */
  @Test
  void theProgramIsOnlyAskedAboutAKeyThatALineOfItsCouldHave() throws Exception {
    Path count = Files.createFile(temporary.resolve("count"));
    KeysFolder.mode(count, "rw-rw-rw-");
    AuthPlugin plugin =
        open(
            Map.of("fresh", "0 s", "recheck", "0 s", "timeout", "10 s"),
            scripts.write("keys", "echo \"$@\" >>" + count),
            "%t");
    for (OfferedKey none :
        List.of(
            TestKeys.key("output"),
            TestKeys.key("unheard-of@example.com"),
            TestKeys.key("unheard-of-cert-v01@openssh.com"),
            TestKeys.key("ssh-ed25519-cert-v01@openssh.com", new byte[32]),
            TestKeys.key("ssh-ed25519"),
            TestKeys.key("ssh-ed25519", new byte[33]),
            TestKeys.key("ssh-rsa", new byte[16 * 1024], new byte[16 * 1024]))) {
      assertThat(ask(plugin, "alice", none)).isEqualTo(UNCLAIMED);
      assertThat(plugin.recheck(attempt("alice"), none)).isEqualTo(UNCLAIMED);
    }
    assertThat(Files.readAllLines(count)).isEmpty();
    ask(plugin, "alice", TestKeys.skEd25519(1));
    ask(plugin, "alice", TestKeys.rsa(1024));
    assertThat(Files.readAllLines(count)).containsExactly("sk-ssh-ed25519@openssh.com", "ssh-rsa");
  }

  @Test
  void aProgramThatFailsKnowsNobodyAtALoginButRevokesNothing() throws Exception {
    String script =
        scripts.write("keys", PRINT_ALICE, "printf 'no \\033[31mdatabase' >&2", "exit 3");
    AuthPlugin plugin = open(script);
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(UNCLAIMED);
    assertThatThrownBy(() -> plugin.recheck(attempt("alice"), ALICE))
        .isInstanceOf(CannotTellException.class)
        .hasMessageContaining("ended with 3");
    assertThat(reports.problems())
        .singleElement()
        .asString()
        .contains(script, "ended with 3", "no \033[31mdatabase");
  }

  @Test
  void aKeyThatIsPrintedNoLongerEndsTheLogin() throws Exception {
    Path on = Files.createFile(temporary.resolve("on"));
    String script = scripts.write("keys", "[ ! -e " + on + " ] || " + PRINT_ALICE);
    AuthPlugin plugin = open(Map.of("fresh", "0 s", "recheck", "0 s", "timeout", "10 s"), script);
    assertThat(plugin.recheck(attempt("alice"), ALICE)).isInstanceOf(Verdict.Accepted.class);
    Files.delete(on);
    assertThat(plugin.recheck(attempt("alice"), ALICE)).isEqualTo(UNCLAIMED);
  }

  @Test
  void oneLoginRunsTheProgramOnce() throws Exception {
    Path count = Files.createFile(temporary.resolve("count"));
    KeysFolder.mode(count, "rw-rw-rw-");
    AuthPlugin plugin =
        open(
            Map.of("fresh", "1 m", "recheck", "1 m", "timeout", "10 s"),
            scripts.write("keys", "echo run >>" + count, PRINT_ALICE));
    for (int i = 0; i < 5; i++) {
      assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
      assertThat(plugin.recheck(attempt("alice"), ALICE)).isEqualTo(accepted("alice", ""));
    }
    assertThat(Files.readAllLines(count)).hasSize(1);
  }

  @Test
  void aProgramThatHangsIsEndedWithAllThatItStarted() throws Exception {
    Path pids = Files.createFile(temporary.resolve("pids"));
    KeysFolder.mode(pids, "rw-rw-rw-");
    AuthPlugin plugin =
        open(
            // Long enough to start all of it.
            Map.of("timeout", "3 s"),
            scripts.write(
                "keys",
                PRINT_ALICE,
                "sleep 1000 & echo $! >>" + pids,
                "setsid sleep 1000 & echo $! >>" + pids,
                "trap '' TERM; echo $$ >>" + pids + "; while :; do sleep 1000; done"));
    assertThatThrownBy(() -> ask(plugin, "alice", ALICE))
        .isInstanceOf(CannotTellException.class)
        .hasMessageContaining("did not end within 3000 ms");
    assertEnd(pids, 3);
  }

  @Test
  void whatItLeavesRunningIsEndedAndHoldsUpNobody() throws Exception {
    Path pids = Files.createFile(temporary.resolve("pids"));
    KeysFolder.mode(pids, "rw-rw-rw-");
    AuthPlugin plugin =
        open(
            Map.of("timeout", "30 s"),
            scripts.write(
                "keys", PRINT_ALICE, "(sleep 1000; echo late) & echo $! >>" + pids, "exit 0"));
    long begin = System.nanoTime();
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    assertEnd(pids, 1);
  }

  private static void assertEnd(Path pids, int count) throws Exception {
    List<String> lines = Files.readAllLines(pids);
    assertThat(lines).hasSize(count);
    for (String line : lines) {
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (isAlive(line)) {
        assertThat(System.nanoTime()).as("process %s is still there", line).isLessThan(deadline);
        Thread.onSpinWait();
      }
    }
  }

  /** Not gone, and not only waiting for its parent to look. */
  private static boolean isAlive(String process) {
    try {
      return !Files.readString(Path.of("/proc", process, "stat")).contains(") Z ");
    } catch (IOException gone) {
      // Before the file was opened, or after: then it is not read (ESRCH).
      return false;
    }
  }

  @Test
  void aHundredMegabytesAreNotReadButRefused() throws Exception {
    AuthPlugin plugin =
        open(
            Map.of("timeout", "30 s"),
            scripts.write("keys", PRINT_ALICE, "head -c 100000000 /dev/zero"));
    assertThatThrownBy(() -> ask(plugin, "alice", ALICE))
        .isInstanceOf(CannotTellException.class)
        .hasMessageContaining("printed more than 1048576 bytes");
  }

  @Test
  void aFloodOfComplaintsIsCutToALine() throws Exception {
    AuthPlugin plugin =
        open(
            Map.of("timeout", "30 s"),
            scripts.write("keys", "head -c 3000000 /dev/zero | tr '\\0' x >&2", PRINT_ALICE));
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
    AuthPlugin failing =
        open(
            Map.of("timeout", "30 s"),
            scripts.write("fails", "head -c 300000 /dev/zero | tr '\\0' x >&2", "exit 1"));
    assertThat(ask(failing, "alice", ALICE)).isEqualTo(UNCLAIMED);
    assertThat(reports.problems()).singleElement().asString().hasSizeBetween(4096, 5000);
  }

  @Test
  void fullMegabyteOfKeysIsReadToItsLastLine() throws Exception {
    String last = TestKeys.line(ALICE) + "\n";
    byte[] text = new byte[Program.MOST_OUTPUT];
    Arrays.fill(text, (byte) '\n');
    System.arraycopy(TestKeys.text(last), 0, text, text.length - last.length(), last.length());
    Path file = Files.write(temporary.resolve("many"), text);
    KeysFolder.mode(file, "rw-r--r--");
    AuthPlugin plugin = open(Map.of("timeout", "30 s"), scripts.write("keys", "cat " + file));
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
  }

  @Test
  void aProgramThatOthersCouldChangeIsNotRun() throws Exception {
    Path ran = temporary.resolve("ran");
    String script = scripts.write("keys", "touch " + ran, PRINT_ALICE);
    KeysFolder.mode(Path.of(script), "rwxrwxr-x");
    AuthPlugin plugin = open(script);
    assertThat(reports.problems()).singleElement().asString().contains(script, "chmod");
    assertThatThrownBy(() -> ask(plugin, "alice", ALICE)).isInstanceOf(CannotTellException.class);
    KeysFolder.mode(Path.of(script), "rwxr-xr-x");
    KeysFolder.mode(scripts.folder(), "rwxrwxrwx");
    assertThatThrownBy(() -> ask(plugin, "alice", ALICE)).isInstanceOf(CannotTellException.class);
    assertThat(ran).doesNotExist();
    KeysFolder.mode(scripts.folder(), "rwxr-xr-x");
    assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
  }

  @Test
  void aProgramThatIsNotThereOrNoProgramIsToldAndLetsNobodyIn() throws Exception {
    AuthPlugin absent = open(scripts.folder() + "/none");
    assertThat(reports.problems()).singleElement().asString().contains("is not there");
    assertThatThrownBy(() -> ask(absent, "alice", ALICE)).isInstanceOf(CannotTellException.class);
    String script = scripts.write("keys", PRINT_ALICE);
    KeysFolder.mode(Path.of(script), "rw-r--r--");
    AuthPlugin plain = open(script);
    assertThatThrownBy(() -> ask(plain, "alice", ALICE))
        .isInstanceOf(CannotTellException.class)
        .hasMessageContaining("ended with 126");
    assertThat(reports.problems()).hasSize(2).last().asString().contains("denied");
  }

  @Test
  void aProgramWhoseInterpreterOrWhoseOwnProgramIsNotThereLetsNobodyIn() throws Exception {
    Path script = Path.of(scripts.write("keys", PRINT_ALICE));
    Files.writeString(script, "#!/no/such/interpreter\n" + PRINT_ALICE);
    AuthPlugin plugin = open(Map.of("fresh", "0 s", "timeout", "10 s"), script.toString());
    assertThatThrownBy(() -> ask(plugin, "alice", ALICE))
        .isInstanceOf(CannotTellException.class)
        .hasMessageContaining("ended with 127");
    Files.writeString(script, "#!/bin/sh\n" + PRINT_ALICE + "\nno-such-program");
    assertThatThrownBy(() -> ask(plugin, "alice", ALICE))
        .isInstanceOf(CannotTellException.class)
        .hasMessageContaining("ended with 127");
    assertThat(reports.problems())
        .hasSize(2)
        .satisfiesExactly(
            interpreter -> assertThat(interpreter).contains("failed to execute"),
            own -> assertThat(own).contains("no-such-program", "not found"));
  }

  @Test
  void everyFaultOfTheBlockIsNamedAtOnce() {
    Map<String, Object> settings =
        Map.of(
            "command", List.of("keys", "%x"),
            "home", "/home",
            "uid", -5,
            "user", "no-such-account",
            "timeout", "1 h",
            "fresh", "2",
            "recheck", 7);
    assertThatThrownBy(() -> new CommandPluginFactory().open(new PluginSettings(settings), reports))
        .isInstanceOfSatisfying(
            InvalidSettingsException.class,
            e ->
                assertThat(e.faults())
                    .extracting(PluginSettings.Fault::key)
                    .containsOnly("command", "home", "uid", "user", "timeout", "fresh", "recheck"));
  }

  /** The figure of the README: how long alice waits while forty strangers hang in the program. */
  @Test
  void aProgramThatHangsForStrangersSlowsNoUserThatItKnows() throws Exception {
    assumeTrue(Files.exists(Path.of(RunAs.NEW_SESSION)));
    AuthPlugin plugin =
        open(
            Map.of("timeout", "30 s", "fresh", "0 s"),
            scripts.write("keys", "[ \"$1\" = alice ] || exec sleep 1000", PRINT_ALICE));
    Duration alone = slowest(plugin);
    try (var strangers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Verdict>> waiting = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String name = "stranger" + i;
        waiting.add(strangers.submit(() -> ask(plugin, name, BOB)));
      }
      Duration beside = slowest(plugin);
      System.out.printf(
          "command: alice's login takes %d ms alone, %d ms beside 40 hanging ones (slowest of"
              + " 20)%n",
          alone.toMillis(), beside.toMillis());
      assertThat(waiting).noneMatch(Future::isDone);
      assertThat(beside).isLessThan(Duration.ofSeconds(4));
      strangers.shutdownNow();
    }
  }

  private static Duration slowest(AuthPlugin plugin) throws Exception {
    Duration slowest = Duration.ZERO;
    for (int i = 0; i < 20; i++) {
      long begin = System.nanoTime();
      assertThat(ask(plugin, "alice", ALICE)).isEqualTo(accepted("alice", ""));
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      slowest = took.compareTo(slowest) > 0 ? took : slowest;
    }
    return slowest;
  }
}
