package dev.sallyport.auth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sallyport.model.User;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PluginFaultsTest {
  private static final String DO_THIS = "/var/lib/x/totp does not exist: install -d -m 700";

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

  /** Cannot tell anything of anybody. */
  private record Unready(Throwable fault) implements AuthPlugin, InteractiveFactor {
    @Override
    public Verdict publicKey(LoginAttempt attempt, OfferedKey key) {
      return new Verdict.Unclaimed();
    }

    @Override
    public Optional<InteractiveFactor> interactiveFactor() {
      return Optional.of(this);
    }

    @Override
    public Standing standing(String user) throws Exception {
      throw thrown();
    }

    @Override
    public Step begin(LoginAttempt attempt, String user) throws Exception {
      throw thrown();
    }

    private Exception thrown() {
      if (fault instanceof Error error) {
        throw error;
      }
      return (Exception) fault;
    }
  }

  private ILoggingEvent told(String plugin, Throwable fault) {
    Authenticator authenticator =
        new Authenticator(
            List.of(new ConfiguredPlugin(plugin, Map.of(), new Unready(fault))),
            Map.of(),
            new SecondFactorSettings(
                SecondFactorSettings.Demand.OF_ENROLLED, SecondFactorSettings.SecurityKeys.NEVER));
    User alice = User.of("alice", Set.of(), Map.of());
    assertThat(authenticator.mustProveMore(new Identity(alice, Restrictions.NONE, "keys", "")))
        .as("no way round the second factor")
        .isTrue();
    List<ILoggingEvent> events =
        List.copyOf(operator.list).stream()
            .filter(event -> event.getFormattedMessage().contains(plugin))
            .toList();
    assertThat(events).hasSize(1);
    return events.getFirst();
  }

  @Test
  void whatAPluginsSourceLacksIsOneLineThatSaysWhatToDo() {
    ILoggingEvent event = told("lacking", new IOException(DO_THIS));

    assertThat(event.getFormattedMessage())
        .isEqualTo(
            "plugin lacking cannot tell who has a second factor, so everybody is asked for it: "
                + DO_THIS);
    assertThat(event.getThrowableProxy()).as("a stack trace").isNull();
  }

  @Test
  void aFaultThatIsNothingButAPathSaysWhatIsWrongWithIt() {
    assertThat(told("bare", new NoSuchFileException("/x")).getFormattedMessage())
        .endsWith("java.nio.file.NoSuchFileException: /x");
  }

  @Test
  void aBugOfAPluginKeepsItsStackTrace() {
    assertThat(told("buggy", new IllegalStateException("x")).getThrowableProxy()).isNotNull();
    assertThat(told("old", new NoSuchMethodError("x")).getThrowableProxy()).isNotNull();
  }

  /** A jar of the operator's that was built for another version of the SPI, say. */
  @Test
  void aPluginThatDoesNotFitTheServerLetsNobodyInAndIsToldOnce() throws Exception {
    AuthPlugin misfit =
        (_, _) -> {
          throw new NoSuchMethodError("LoginAttempt.gone()");
        };
    Authenticator authenticator =
        new Authenticator(
            List.of(new ConfiguredPlugin("misfit", Map.of(), misfit)),
            Map.of(),
            new SecondFactorSettings(
                SecondFactorSettings.Demand.OF_NOBODY, SecondFactorSettings.SecurityKeys.NEVER));
    assertThat(
            authenticator.publicKey(
                new LoginAttempt("alice", InetAddress.ofLiteral("192.0.2.1"), Instant.EPOCH),
                new OfferedKey(new byte[] {0, 0, 0, 1, 'x'})))
        .isEqualTo(new Answer.Unwelcome("misfit", "the plugin failed: NoSuchMethodError"));
    assertThat(operator.list)
        .filteredOn(event -> event.getFormattedMessage().contains("misfit"))
        .singleElement()
        .satisfies(event -> assertThat(event.getThrowableProxy()).isNotNull());
  }
}
