package dev.sallyport.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every plugin holds to. A plugin's test extends it, says how the plugin is configured and
 * which key of which user it knows, and adds tests of its own. The plugin is opened as the server
 * does it: through {@link ServiceLoader}.
 */
public abstract class AuthPluginContractTest {
  private static final int STRANGERS = 2_000;
  private static final int THREADS = 32;
  private static final int QUESTIONS_PER_THREAD = 50;

  private final CollectedReports reports = new CollectedReports();
  private AuthPlugin plugin;

  /** The type under which the configuration knows the plugin. */
  protected abstract String type();

  /** A block of the configuration with which the plugin knows {@link #knownUser()}; no type. */
  protected abstract Map<String, Object> settings() throws Exception;

  /** A user who may log in with {@link #knownKey()} and with no other key. */
  protected abstract String knownUser();

  /** The key that may log in as {@link #knownUser()} and as nobody else. */
  protected abstract OfferedKey knownKey();

  /**
   * Names that lead a careless plugin astray, such as the path of a file in which the known key
   * lies as bait. With these as with the general ones the known key must not be accepted.
   */
  protected List<String> moreHostileUserNames() {
    return List.of();
  }

  /** The plugin under test, open. */
  protected final AuthPlugin plugin() {
    return plugin;
  }

  /** What the plugin told the operator so far. */
  protected final CollectedReports reports() {
    return reports;
  }

  /** A question for the user as from the network, now. */
  protected static LoginAttempt attempt(String user) {
    return new LoginAttempt(user, InetAddress.getLoopbackAddress(), Instant.now());
  }

  /** A well-formed ed25519 key that nobody has; each seed gives another. */
  protected static OfferedKey strangersKey(int seed) {
    byte[] point = new byte[32];
    ByteBuffer.wrap(point).putInt(0x5a11_90f7).putInt(seed);
    return new OfferedKey(wire("ssh-ed25519".getBytes(StandardCharsets.US_ASCII), point));
  }

  private static byte[] wire(byte[]... strings) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] string : strings) {
      out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(string.length).array());
      out.writeBytes(string);
    }
    return out.toByteArray();
  }

  @BeforeEach
  final void openPlugin() throws Exception {
    PluginSettings settings = new PluginSettings(settings());
    plugin = factory().open(settings, reports);
    assertThat(settings.known()).as("keys it reads").containsAll(settings.present());
  }

  @AfterEach
  final void closePlugin() {
    plugin.close();
  }

  private AuthPluginFactory factory() {
    List<AuthPluginFactory> found = new ArrayList<>();
    for (AuthPluginFactory factory : ServiceLoader.load(AuthPluginFactory.class)) {
      if (factory.type().equals(type())) {
        found.add(factory);
      }
    }
    assertThat(found).as("factories of type " + type()).hasSize(1);
    return found.getFirst();
  }

  @Test
  final void isNamedAsConfigurationsNameThings() {
    assertThat(type()).matches("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  }

  @Test
  final void namesAFaultForEveryValueOfTheWrongKind() throws Exception {
    for (String key : settings().keySet()) {
      Map<String, Object> wrong = new HashMap<>(settings());
      wrong.put(key, new Object());
      PluginSettings broken = new PluginSettings(wrong);
      try (AuthPlugin opened = factory().open(broken, reports)) {
        throw new AssertionError(opened + " opened with a wrong value of " + key);
      } catch (InvalidSettingsException e) {
        assertThat(e.faults()).extracting(PluginSettings.Fault::key).contains(key);
        assertThat(e.faults()).extracting(PluginSettings.Fault::message).doesNotContain("");
      }
    }
  }

  @Test
  final void acceptsTheKnownKeyOfTheKnownUser() throws Exception {
    Verdict verdict = plugin.publicKey(attempt(knownUser()), knownKey());
    assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    assertThat(((Verdict.Accepted) verdict).user()).isNotBlank();
  }

  @Test
  final void saysNothingOfAnUnknownUser() throws Exception {
    assertThat(plugin.publicKey(attempt("nobody-of-that-name"), strangersKey(1)))
        .isEqualTo(new Verdict.Unclaimed());
    assertThat(plugin.publicKey(attempt("nobody-of-that-name"), knownKey()))
        .isNotInstanceOf(Verdict.Accepted.class);
  }

  @Test
  final void saysNothingOfAnUnknownKey() throws Exception {
    assertThat(plugin.publicKey(attempt(knownUser()), strangersKey(2)))
        .isEqualTo(new Verdict.Unclaimed());
  }

  @TestFactory
  final Stream<DynamicTest> neverAcceptsAHostileUserName() {
    String known = knownUser();
    Stream<String> general =
        Stream.of(
            "",
            " ",
            ".",
            "..",
            "/",
            "\\",
            "%u",
            "*",
            "~",
            "-",
            "-oProxyCommand=id",
            "../" + known,
            "../x",
            "../../../../../../../../etc/passwd",
            "..\\" + known,
            "./" + known,
            "x/../" + known,
            known + "/",
            known + "/.",
            "/" + known,
            "/etc/passwd",
            known + "\0",
            "\0" + known,
            known + "\0.pub",
            known + "\n",
            known + "\r\n" + known,
            known + " ",
            " " + known,
            "\u202e" + known,
            known + "\u200b",
            "\u2066" + known + "\u2069",
            "\ufeff" + known,
            "a\ud800b",
            "\u001b[2J",
            known.replace(known.charAt(0), '\u0430'),
            known + ")(uid=*",
            known + "; id",
            "$(id)",
            "x".repeat(64 * 1024),
            "../".repeat(20_000),
            known + "x".repeat(300));
    return Stream.concat(general, moreHostileUserNames().stream())
        .map(name -> DynamicTest.dynamicTest(shown(name), () -> refusesUser(name)));
  }

  private void refusesUser(String name) throws Exception {
    assertThat(plugin.publicKey(attempt(name), knownKey())).isNotInstanceOf(Verdict.Accepted.class);
    assertThat(plugin.publicKey(attempt(name), strangersKey(3)))
        .isNotInstanceOf(Verdict.Accepted.class);
  }

  private static String shown(String name) {
    StringBuilder shown = new StringBuilder();
    name.chars()
        .limit(40)
        .forEach(c -> shown.append(c > ' ' && c <= '~' ? "" + (char) c : "<" + c + ">"));
    return name.length() + " characters: " + shown;
  }

  @TestFactory
  final Stream<DynamicTest> neverAcceptsABrokenKey() {
    byte[] blob = knownKey().blob();
    byte[] type = knownKey().type().getBytes(StandardCharsets.US_ASCII);
    byte[] flipped = blob.clone();
    flipped[flipped.length - 1] ^= 1;
    byte[] padded = Arrays.copyOf(blob, blob.length + 1);
    byte[] cut = Arrays.copyOf(blob, blob.length - 1);
    return Map.of(
            "its type alone",
            wire(type),
            "an empty key",
            wire(type, new byte[0]),
            "the last bit turned",
            flipped,
            "a byte too many",
            padded,
            "a byte too few",
            cut,
            "64 KiB",
            wire(type, new byte[64 * 1024]),
            "a length beyond the end",
            new byte[] {0, 0, 0, 1, 'x', 127, -1, -1, -1},
            "an unknown type",
            wire("unheard-of@example.com".getBytes(StandardCharsets.US_ASCII)),
            "a certificate of an unknown type",
            wire("unheard-of-cert-v01@openssh.com".getBytes(StandardCharsets.US_ASCII)))
        .entrySet()
        .stream()
        .map(broken ->
            DynamicTest.dynamicTest(
                broken.getKey(),
                () ->
                    assertThat(
                            plugin.publicKey(
                                attempt(knownUser()), new OfferedKey(broken.getValue())))
                        .isNotInstanceOf(Verdict.Accepted.class)));
  }

  @Test
  final void answersTheSameQuestionTheSameWay() throws Exception {
    LoginAttempt known = attempt(knownUser());
    LoginAttempt unknown = attempt("nobody-of-that-name");
    Verdict first = plugin.publicKey(known, knownKey());
    for (int i = 0; i < 5; i++) {
      plugin.publicKey(unknown, strangersKey(i));
      assertThat(plugin.publicKey(known, knownKey())).isEqualTo(first);
    }
  }

  @Test
  final void letsALoginGoOnThatItJustAccepted() throws Exception {
    LoginAttempt known = attempt(knownUser());
    assertThat(plugin.recheck(known, knownKey())).isEqualTo(plugin.publicKey(known, knownKey()));
  }

  @Test
  final void answersManyThreadsAtOnce() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> askers = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int seed = thread;
        askers.add(() -> {
          for (int i = 0; i < QUESTIONS_PER_THREAD; i++) {
            assertThat(plugin.publicKey(attempt(knownUser()), knownKey()))
                .isInstanceOf(Verdict.Accepted.class);
            assertThat(plugin.publicKey(attempt(knownUser()), strangersKey(seed * 1000 + i)))
                .isEqualTo(new Verdict.Unclaimed());
          }
          return null;
        });
      }
      for (Future<Void> asker : threads.invokeAll(askers)) {
        asker.get();
      }
    }
  }

  @Test
  final void strangersCannotFillTheOperatorsLog() throws Exception {
    for (int i = 0; i < 10; i++) {
      plugin.publicKey(attempt("stranger" + i), strangersKey(i));
    }
    int before = reports.problems().size();
    List<String> logged = new ArrayList<>();
    Handler log = logOf(Thread.currentThread(), logged);
    Logger.getLogger("").addHandler(log);
    long begin = System.nanoTime();
    try {
      for (int i = 0; i < STRANGERS; i++) {
        plugin.publicKey(attempt("stranger" + i), strangersKey(i));
      }
    } finally {
      Logger.getLogger("").removeHandler(log);
    }
    // One a minute is no flood, and on a busy machine this takes minutes.
    int minutes = (int) Duration.ofNanos(System.nanoTime() - begin).toMinutes() + 1;
    assertThat(reports.problems().size() - before).as("new reports").isBetween(0, minutes);
    assertThat(logged).as("lines past the reporter").hasSizeBetween(0, minutes);
  }

  /** Where the JDK's ways to log end; other threads are other tests'. */
  private static Handler logOf(Thread asking, List<String> lines) {
    return new Handler() {
      @Override
      public void publish(LogRecord line) {
        if (Thread.currentThread() == asking) {
          lines.add(line.getMessage());
        }
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  final void offersTheSameFactorEachTime() {
    assertThat(plugin.interactiveFactor().isPresent())
        .isEqualTo(plugin.interactiveFactor().isPresent());
  }

  /** What a plugin lists for operators lets nobody in, but it must not mislead or fail. */
  @Test
  final void whatItListsForOperatorsIsTrueOfItsUser() throws Exception {
    KnownUsers users = plugin.users();
    assertThat(users.complete() && !users.users().contains(knownUser()))
        .as("it lets in %s and says that these are all: %s", knownUser(), users)
        .isFalse();
    for (Known known : plugin.known(attempt(knownUser()))) {
      if (known instanceof Known.Key(String where, OfferedKey key)) {
        assertThat(key).as(where).isEqualTo(knownKey());
      }
    }
    for (String name : List.of("", "..", "../" + knownUser(), "*", knownUser() + "\0", "nobody")) {
      assertThat(plugin.known(attempt(name)))
          .as(name)
          .noneMatch(known ->
              known instanceof Known.Key(String _, OfferedKey key) && key.equals(knownKey()));
    }
  }

  @Test
  final void mayBeClosedTwice() {
    plugin.close();
    assertThatCode(plugin::close).doesNotThrowAnyException();
  }
}
