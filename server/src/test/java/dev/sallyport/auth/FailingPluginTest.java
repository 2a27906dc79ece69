package dev.sallyport.auth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sallyport.audit.Condition;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What becomes of a plugin's failure, whatever it throws and however often. */
class FailingPluginTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final InetAddress SOURCE = InetAddress.ofLiteral("203.0.113.7");
  private static final Verdict.Accepted ALICE =
      new Verdict.Accepted("alice", Set.of(), "", Restrictions.NONE);

  private final Logger logger = (Logger) LoggerFactory.getLogger("sallyport.auth");
  private final ListAppender<ILoggingEvent> operator = new ListAppender<>();

  @BeforeEach
  void listen() {
    operator.start();
    logger.addAppender(operator);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(operator);
  }

  /** The records that name the plugin: other tests log too. */
  private List<ILoggingEvent> told(String plugin) {
    return List.copyOf(operator.list).stream()
        .filter(event -> event.getFormattedMessage().contains(plugin))
        .toList();
  }

  private static ConfiguredPlugin plugin(String type, Callable<Verdict> answers) {
    return new ConfiguredPlugin(
        type,
        Map.of(),
        new AuthPlugin() {
          @Override
          public Verdict publicKey(LoginAttempt attempt, OfferedKey key) throws Exception {
            return answers.call();
          }
        });
  }

  private static Authenticator authenticator(ConfiguredPlugin plugin) {
    return new Authenticator(List.of(plugin), Map.of(), SecondFactorSettings.NONE);
  }

  private static OfferedKey key(int number) {
    byte[] name = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
    return new OfferedKey(
        ByteBuffer.allocate(8 + name.length).putInt(name.length).put(name).putInt(number).array());
  }

  private static Answer offered(Authenticator authenticator, int number) {
    return authenticator.publicKey(new LoginAttempt("stranger" + number, SOURCE, NOW), key(number));
  }

  @Test
  void strangersCannotFillTheOperatorsLogWhileASourceIsDown() {
    Authenticator authenticator =
        authenticator(
            plugin(
                "is-down",
                () -> {
                  throw new IOException("the directory is down");
                }));
    for (int i = 0; i < 2_000; i++) {
      assertThat(offered(authenticator, i)).isInstanceOf(Answer.Unwelcome.class);
    }
    // Another one if a minute goes by meanwhile, on a machine that does nothing but other things.
    assertThat(told("is-down")).hasSizeBetween(1, 3);
  }

  @Test
  void norWhenItFailsForNamesOfTheirChoiceOnly() {
    int[] asked = {0};
    Authenticator authenticator =
        authenticator(
            plugin(
                "is-slow",
                () -> {
                  asked[0]++;
                  if (asked[0] % 2 == 0) {
                    return new Verdict.Unclaimed();
                  }
                  throw new IOException("no answer in time");
                }));
    for (int i = 0; i < 2_000; i++) {
      assertThat(offered(authenticator, i)).isInstanceOf(Answer.Unwelcome.class);
    }
    assertThat(told("is-slow")).hasSizeBetween(1, 3);
  }

  @Test
  void anErrorLetsNobodyInAndRevokesNothing() {
    ConfiguredPlugin broken =
        plugin(
            "is-broken",
            () -> {
              throw new NoSuchMethodError("a library of another version");
            });
    Authenticator authenticator = authenticator(broken);

    assertThat(offered(authenticator, 1))
        .isEqualTo(new Answer.Unwelcome("is-broken", "the plugin failed: NoSuchMethodError"));
    assertThat(
            authenticator.recheck(
                new Login("alice", SOURCE, key(1), new Claim(broken, ALICE)), NOW))
        .isEqualTo(new Recheck.Unknown("plugin is-broken failed: a library of another version"));
  }

  /** The clients have gone long before, and others have their places at the gate. */
  @Test
  void aPluginThatNeverReturnsGathersNoThreadsWithoutEnd() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    AtomicInteger within = new AtomicInteger();
    Authenticator authenticator =
        authenticator(
            plugin(
                "hangs",
                () -> {
                  within.incrementAndGet();
                  over.await();
                  return new Verdict.Unclaimed();
                }));
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < LoginQuestions.MOST + 20; i++) {
      int number = i;
      clients.add(Thread.ofVirtual().start(() -> offered(authenticator, number)));
    }
    Condition.await(
        "those that are too many are refused, and the others ask",
        () ->
            clients.stream().filter(Thread::isAlive).count() == LoginQuestions.MOST
                && within.get() == LoginQuestions.MOST);
    assertThat(offered(authenticator, 0))
        .isEqualTo(new Answer.Unwelcome("hangs", "the plugin failed: RejectedExecutionException"));
    assertThat(within).hasValue(LoginQuestions.MOST);

    over.countDown();
    for (Thread client : clients) {
      client.join();
    }
    assertThat(offered(authenticator, 0))
        .as("when it returns, it is asked again")
        .isEqualTo(new Answer.Unwelcome("", "no plugin knows this key for this user"));
  }
}
