package dev.sallyport.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sallyport.spi.InteractiveFactor.Standing;
import dev.sallyport.spi.InteractiveFactor.Step;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every plugin with a second factor holds to. A plugin's test extends it, says how the plugin
 * is configured and who has a factor, and adds tests of its own. The plugin is opened as the server
 * does it: through {@link ServiceLoader}.
 */
public abstract class InteractiveFactorContractTest {
  private static final int THREADS = 16;
  private static final int FLOOD = 200;
  private static final int MOST_ROUNDS = 10;

  private final CollectedReports reports = new CollectedReports();
  private AuthPlugin plugin;

  /** The type under which the configuration knows the plugin. */
  protected abstract String type();

  /** A block of the configuration with which {@link #enrolledUser()} has a factor; no type. */
  protected abstract Map<String, Object> settings() throws Exception;

  /** A user who has the factor. */
  protected abstract String enrolledUser();

  /** Answers of {@link #enrolledUser()} that pass now, and did not pass before. */
  protected abstract List<String> rightAnswers() throws Exception;

  /** The plugin under test, open. */
  protected final AuthPlugin plugin() {
    return plugin;
  }

  /** The factor under test. */
  protected final InteractiveFactor factor() {
    return plugin.interactiveFactor().orElseThrow();
  }

  /** A question for the user as from the network, now. */
  protected static LoginAttempt attempt(String user) {
    return new LoginAttempt(user, InetAddress.getLoopbackAddress(), Instant.now());
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

  /** Gives these answers to each round that asks, and none to one that only tells. */
  protected final Step talk(String user, List<String> answers) throws Exception {
    Step step = factor().begin(attempt(user), user);
    for (int i = 0; i < MOST_ROUNDS && step instanceof Step.Ask ask; i++) {
      step = ask.next().answered(ask.prompts().isEmpty() ? List.of() : answers);
    }
    return step;
  }

  @Test
  final void namesAFaultForEveryValueOfTheWrongKind() throws Exception {
    for (String key : settings().keySet()) {
      Map<String, Object> wrong = new HashMap<>(settings());
      wrong.put(key, new Object());
      try (AuthPlugin opened = factory().open(new PluginSettings(wrong), reports)) {
        throw new AssertionError(opened + " opened with a wrong value of " + key);
      } catch (InvalidSettingsException e) {
        assertThat(e.faults()).extracting(PluginSettings.Fault::key).contains(key);
        assertThat(e.faults()).extracting(PluginSettings.Fault::message).doesNotContain("");
      }
    }
  }

  @Test
  final void passesWhoAnswersRight() throws Exception {
    assertThat(factor().standing(enrolledUser())).isEqualTo(Standing.ENROLLED);
    assertThat(talk(enrolledUser(), rightAnswers())).isInstanceOf(Step.Passed.class);
  }

  @Test
  final void asksWhoHasTheFactorSomethingThatDoesNotShow() throws Exception {
    Step step = factor().begin(attempt(enrolledUser()), enrolledUser());
    assertThat(step).isInstanceOf(Step.Ask.class);
    assertThat(((Step.Ask) step).prompts()).isNotEmpty();
  }

  @TestFactory
  final Stream<DynamicTest> passesNobodyWhoHasNoFactor() {
    String known = enrolledUser();
    return Stream.of(
            "nobody-of-that-name",
            "",
            " ",
            ".",
            "..",
            "/",
            "../" + known,
            "./" + known,
            known + "/",
            known + "/.",
            "/etc/passwd",
            known + "\0",
            known + "\n",
            known + " ",
            " " + known,
            known + "\u200b",
            "\u202e" + known,
            "a\ud800b",
            "\u001b[2J",
            known.replace(known.charAt(0), '\u0430'),
            known.toUpperCase(java.util.Locale.ROOT),
            "*",
            "x".repeat(64 * 1024),
            "../".repeat(20_000))
        .map(name ->
            DynamicTest.dynamicTest(
                name.length() + " characters: " + (name + "          ").hashCode(),
                () -> {
                  assertThat(factor().standing(name)).isEqualTo(Standing.NOT_ENROLLED);
                  assertThat(talk(name, rightAnswers())).isEqualTo(new Step.NotEnrolled());
                }));
  }

  @TestFactory
  final Stream<DynamicTest> failsEveryHostileAnswerInWordsThatDoNotRepeatIt() {
    return Stream.of(
            List.of(""),
            List.of(" "),
            List.of("\0"),
            List.of("secret-guess"),
            List.of("a\ud800b"),
            List.of("\u0661\u0662\u0663\u0664\u0665\u0666"),
            List.of("-".repeat(64 * 1024)),
            List.of("9".repeat(64 * 1024)),
            List.<String>of(),
            List.of("1", "2"))
        .map(answers ->
            DynamicTest.dynamicTest(
                answers.size() + " answers, " + String.join("", answers).length() + " characters",
                () -> {
                  Step step = talk(enrolledUser(), answers);
                  assertThat(step).isInstanceOf(Step.Failed.class);
                  assertThat(((Step.Failed) step).reason())
                      .isNotBlank()
                      .doesNotContain("secret-guess");
                }));
  }

  /** Of many at once with the same right answers, one passes at most: a code is good once. */
  @Test
  final void theSameAnswersPassOnceHoweverManyTry() throws Exception {
    List<String> right = rightAnswers();
    int passed = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Step>> tries = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        tries.add(() -> talk(enrolledUser(), right));
      }
      for (Future<Step> one : threads.invokeAll(tries)) {
        passed += one.get() instanceof Step.Passed ? 1 : 0;
      }
    }
    assertThat(passed).isEqualTo(1);
    assertThat(talk(enrolledUser(), right)).isInstanceOf(Step.Failed.class);
  }

  @Test
  final void aFloodOfWrongAnswersNeitherPassesNorFillsTheOperatorsLog() throws Exception {
    talk(enrolledUser(), List.of("000000"));
    int before = reports.problems().size();
    for (int i = 0; i < FLOOD; i++) {
      assertThat(talk(enrolledUser(), List.of("wrong-" + i))).isInstanceOf(Step.Failed.class);
    }
    assertThat(reports.problems()).hasSize(before);
  }

  @Test
  final void knowsNoKeyUnlessItIsAskedForOne() throws Exception {
    byte[] type = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
    byte[] blob =
        ByteBuffer.allocate(8 + type.length + 32).putInt(type.length).put(type).putInt(32).array();
    assertThat(plugin.publicKey(attempt(enrolledUser()), new OfferedKey(blob)))
        .isNotInstanceOf(Verdict.Accepted.class);
  }

  @Test
  final void mayBeClosedTwice() {
    plugin.close();
    assertThatCode(plugin::close).doesNotThrowAnyException();
  }
}
