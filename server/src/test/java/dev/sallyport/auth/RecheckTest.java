package dev.sallyport.auth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sallyport.auth.SecondFactorSettings.SecurityKeys;
import dev.sallyport.model.SecondFactor;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Restrictions.Attestation;
import dev.sallyport.spi.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Who decides whether a login may go on, before and after a reload. */
class RecheckTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final InetAddress SOURCE = InetAddress.ofLiteral("203.0.113.7");
  private static final Verdict.Unclaimed UNCLAIMED = new Verdict.Unclaimed();

  /** Says one thing of a key that is offered, and another of a login. */
  private record Says(Answers login, Answers recheck) implements AuthPlugin {
    Says(Verdict both) {
      this(() -> both, () -> both);
    }

    @Override
    public Verdict publicKey(LoginAttempt attempt, OfferedKey key) throws Exception {
      return login.answer();
    }

    @Override
    public Verdict recheck(LoginAttempt attempt, OfferedKey key) throws Exception {
      return recheck.answer();
    }
  }

  private interface Answers {
    Verdict answer() throws Exception;
  }

  private static Verdict.Accepted accepted(String user, String... groups) {
    return new Verdict.Accepted(user, Set.of(groups), "", Restrictions.NONE);
  }

  private static ConfiguredPlugin plugin(String type, AuthPlugin plugin) {
    return new ConfiguredPlugin(type, Map.of("for", type), plugin);
  }

  private static Verdict fails() throws IOException {
    throw new IOException("the directory is down");
  }

  private static AuthPlugin down() {
    return new Says(RecheckTest::fails, RecheckTest::fails);
  }

  private static OfferedKey key(String type) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    return new OfferedKey(
        ByteBuffer.allocate(4 + name.length).putInt(name.length).put(name).array());
  }

  private static Login login(ConfiguredPlugin by, Verdict.Accepted accepted) {
    return new Login("alice", SOURCE, key("ssh-ed25519"), new Claim(by, accepted));
  }

  private static Recheck recheck(Login login, ConfiguredPlugin... plugins) {
    return new Authenticator(
            List.of(plugins), Map.of("ops", Set.of("alice")), SecondFactorSettings.NONE)
        .recheck(login, NOW);
  }

  @Test
  void thePluginThatAcceptedItDecidesWhereNoneBeforeItClaimsTheKey() {
    ConfiguredPlugin silent = plugin("silent", new Says(UNCLAIMED));
    ConfiguredPlugin mine = plugin("mine", new Says(accepted("alice", "dba")));
    ConfiguredPlugin later = plugin("later", new Says(new Verdict.Refused("never")));

    assertThat(recheck(login(mine, accepted("alice")), silent, mine, later))
        .isInstanceOfSatisfying(
            Recheck.Stands.class,
            stands -> assertThat(stands.identity().user().groups()).containsOnly("ops", "dba"));
  }

  @Test
  void anEarlierPluginThatRefusesTheKeyNowRevokes() {
    ConfiguredPlugin revoker = plugin("revoker", new Says(new Verdict.Refused("it is revoked")));
    ConfiguredPlugin mine = plugin("mine", new Says(accepted("alice")));

    assertThat(recheck(login(mine, accepted("alice")), revoker, mine))
        .isEqualTo(new Recheck.Revoked("it is revoked"));
  }

  @Test
  void anEarlierPluginThatKnowsTheKeyNowDecidesFromNowOn() {
    Verdict.Accepted narrow =
        new Verdict.Accepted("alice", Set.of(), "", Restrictions.NONE.withoutPermissions());
    ConfiguredPlugin earlier = plugin("earlier", new Says(narrow));
    ConfiguredPlugin mine = plugin("mine", new Says(accepted("alice")));

    assertThat(recheck(login(mine, accepted("alice")), earlier, mine))
        .isInstanceOfSatisfying(
            Recheck.Stands.class,
            stands -> assertThat(stands.claim()).isEqualTo(new Claim(earlier, narrow)));
  }

  @Test
  void aKeyThatMovedToALaterPluginGoesOn() {
    ConfiguredPlugin mine = plugin("mine", new Says(UNCLAIMED));
    ConfiguredPlugin later = plugin("later", new Says(accepted("alice")));

    assertThat(recheck(login(mine, accepted("alice")), mine, later))
        .isInstanceOfSatisfying(
            Recheck.Stands.class, stands -> assertThat(stands.claim().by()).isEqualTo(later));
  }

  /** It would otherwise give a right to a login that it gives to no new one. */
  @Test
  void anEarlierPluginIsAskedForANewLoginAndNotAboutThisOne() {
    ConfiguredPlugin earlier =
        plugin("earlier", new Says(() -> UNCLAIMED, () -> accepted("alice", "admins")));
    ConfiguredPlugin mine = plugin("mine", new Says(accepted("alice")));

    assertThat(recheck(login(mine, accepted("alice")), earlier, mine))
        .isInstanceOfSatisfying(
            Recheck.Stands.class, stands -> assertThat(stands.claim().by()).isEqualTo(mine));
  }

  @Test
  void anEarlierPluginThatCannotTellRevokesNothingAndKeepsNoOtherFromRevoking() {
    ConfiguredPlugin down = plugin("down", down());
    ConfiguredPlugin mine = plugin("mine", new Says(accepted("alice")));
    ConfiguredPlugin withdrawn = plugin("mine", new Says(UNCLAIMED));
    ConfiguredPlugin refusing = plugin("mine", new Says(new Verdict.Refused("it is revoked")));
    ConfiguredPlugin later = plugin("later", new Says(accepted("alice")));
    Login login = login(mine, accepted("alice"));

    assertThat(recheck(login, down, mine)).isInstanceOf(Recheck.Unknown.class);
    assertThat(recheck(login, down, refusing)).isEqualTo(new Recheck.Revoked("it is revoked"));
    Recheck gone = new Recheck.Revoked("plugin mine knows the key no more");
    assertThat(recheck(login, down, withdrawn)).isEqualTo(gone);
    assertThat(recheck(login, down, withdrawn, later)).isEqualTo(gone);
  }

  @Test
  @Timeout(60)
  void aPluginThatHangsIsInterruptedAndKeepsNoOtherFromRevoking() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    Answers hangs =
        () -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException told) {
            interrupted.countDown();
          }
          return UNCLAIMED;
        };
    ConfiguredPlugin mine = plugin("mine", new Says(new Verdict.Refused("it is revoked")));

    assertThat(
            recheck(login(mine, accepted("alice")), plugin("hangs", new Says(hangs, hangs)), mine))
        .isEqualTo(new Recheck.Revoked("it is revoked"));
    interrupted.await();
  }

  @Test
  void whatAPluginSaysOfALoginCountsAndNotWhatItSaysOfAKeyThatIsOffered() {
    ConfiguredPlugin mine = plugin("mine", new Says(() -> UNCLAIMED, () -> accepted("alice")));

    assertThat(recheck(login(mine, accepted("alice")), mine)).isInstanceOf(Recheck.Stands.class);
  }

  @Test
  void anythingButAcceptedForTheSameUserRevokes() {
    for (Verdict verdict :
        List.of(UNCLAIMED, new Verdict.Refused("it is revoked"), accepted("bob"))) {
      ConfiguredPlugin mine = plugin("mine", new Says(verdict));
      assertThat(recheck(login(mine, accepted("alice")), mine))
          .as("%s", verdict)
          .isInstanceOf(Recheck.Revoked.class);
    }
  }

  @Test
  void aKeyThatHasExpiredRevokes() {
    ConfiguredPlugin mine =
        plugin(
            "mine",
            new Says(
                new Verdict.Accepted(
                    "alice", Set.of(), "", Restrictions.NONE.withValidBefore(NOW))));

    assertThat(recheck(login(mine, accepted("alice")), mine)).isInstanceOf(Recheck.Revoked.class);
  }

  @Test
  void aSecurityKeyMustNotBeAskedForMoreThanItShowedAtTheLogin() {
    ConfiguredPlugin mine =
        plugin(
            "mine",
            new Says(
                new Verdict.Accepted(
                    "alice", Set.of(), "", Restrictions.NONE.with(Attestation.VERIFICATION))));
    Claim claim = new Claim(mine, accepted("alice"));

    assertThat(recheck(new Login("alice", SOURCE, key("sk-ssh-ed25519@openssh.com"), claim), mine))
        .isInstanceOf(Recheck.Revoked.class);
    assertThat(recheck(new Login("alice", SOURCE, key("ssh-ed25519"), claim), mine))
        .isInstanceOf(Recheck.Stands.class);
  }

  @Test
  void aPluginThatFailsCannotTellAndRevokesNothing() {
    ConfiguredPlugin mine = plugin("mine", down());

    assertThat(recheck(login(mine, accepted("alice")), mine))
        .isEqualTo(new Recheck.Unknown("plugin mine failed: the directory is down"));
  }

  /** Else each login in an outage would be two lines every few seconds. */
  @Test
  void theOperatorHearsOfAnOutageOnceAlsoWhileAnotherQuestionIsAnswered() {
    ConfiguredPlugin mine = plugin("mine", new Says(() -> UNCLAIMED, RecheckTest::fails));
    ConfiguredPlugin other = plugin("other", new Says(accepted("alice")));
    Authenticator authenticator =
        new Authenticator(List.of(mine, other), Map.of(), SecondFactorSettings.NONE);
    Logger logger = (Logger) LoggerFactory.getLogger("sallyport.auth");
    ListAppender<ILoggingEvent> operator = new ListAppender<>();
    operator.start();
    logger.addAppender(operator);
    try {
      for (int i = 0; i < 3; i++) {
        assertThat(authenticator.recheck(login(mine, accepted("alice")), NOW))
            .isInstanceOf(Recheck.Unknown.class);
        assertThat(authenticator.recheck(login(other, accepted("alice")), NOW))
            .isInstanceOf(Recheck.Stands.class);
      }
      assertThat(operator.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .filteredOn(line -> line.startsWith("plugin mine "))
          .singleElement()
          .asString()
          .contains("cannot tell");
    } finally {
      logger.detachAppender(operator);
    }
  }

  @Test
  void afterAReloadTheFirstThatClaimsTheKeyDecides() {
    ConfiguredPlugin before = plugin("mine", new Says(accepted("alice")));
    ConfiguredPlugin again = plugin("mine", new Says(accepted("alice")));
    ConfiguredPlugin silent = plugin("silent", new Says(UNCLAIMED));
    ConfiguredPlugin revoker = plugin("revoker", new Says(new Verdict.Refused("it is revoked")));
    Login login = login(before, accepted("alice"));

    assertThat(recheck(login, silent, again)).isInstanceOf(Recheck.Stands.class);
    assertThat(recheck(login, revoker, again)).isEqualTo(new Recheck.Revoked("it is revoked"));
    assertThat(recheck(login, silent)).isInstanceOf(Recheck.Revoked.class);
  }

  @Test
  void afterAReloadOnlyTheSameBlockIsAskedAboutTheLogin() {
    AuthPlugin shortLived = new Says(() -> UNCLAIMED, () -> accepted("alice"));
    ConfiguredPlugin before = plugin("mine", new Says(accepted("alice")));
    Login login = login(before, accepted("alice"));

    assertThat(recheck(login, plugin("mine", shortLived))).isInstanceOf(Recheck.Stands.class);
    assertThat(recheck(login, new ConfiguredPlugin("mine", Map.of("for", "others"), shortLived)))
        .isInstanceOf(Recheck.Revoked.class);
  }

  @Test
  void afterAReloadASourceThatIsDownThrowsNobodyOut() {
    ConfiguredPlugin before = plugin("mine", new Says(accepted("alice")));
    ConfiguredPlugin again = plugin("mine", new Says(accepted("alice")));
    ConfiguredPlugin other = plugin("other", new Says(accepted("alice")));
    Login login = login(before, accepted("alice"));

    assertThat(recheck(login, plugin("down", down()), again)).isInstanceOf(Recheck.Unknown.class);
    assertThat(recheck(login, plugin("down", down()), other)).isInstanceOf(Recheck.Unknown.class);
    assertThat(recheck(login, plugin("down", down()))).isInstanceOf(Recheck.Unknown.class);
  }

  /** As EC2's metadata service, or a list of revoked keys that is being written. */
  @Test
  void afterAReloadThatChangedItsBlockAnOutageOfItsSourceIsNoRevocation() {
    Login login = login(plugin("mine", new Says(accepted("alice"))), accepted("alice"));
    Says silent = new Says(() -> UNCLAIMED, RecheckTest::fails);
    Says refusing =
        new Says(() -> new Verdict.Refused("the list cannot be read"), RecheckTest::fails);
    ConfiguredPlugin other = plugin("other", new Says(accepted("alice")));

    assertThat(recheck(login, changed(silent))).isInstanceOf(Recheck.Unknown.class);
    assertThat(recheck(login, changed(refusing))).isInstanceOf(Recheck.Unknown.class);
    assertThat(recheck(login, changed(refusing), other)).isInstanceOf(Recheck.Unknown.class);
    assertThat(recheck(login, changed(silent), other))
        .as("who is silent at a login is passed over")
        .isInstanceOf(Recheck.Stands.class);
    assertThat(recheck(login, plugin("other", silent))).isInstanceOf(Recheck.Revoked.class);
  }

  private static ConfiguredPlugin changed(AuthPlugin plugin) {
    return new ConfiguredPlugin("mine", Map.of("for", "others"), plugin);
  }

  @Test
  void aTouchCountsNoMoreWhenTheConfigurationSaysSo() {
    SecondFactor touched = new SecondFactor.SecurityKey(SecondFactor.Attested.TOUCH);
    SecondFactor answered = new SecondFactor.Answered("totp", "one-time code");

    assertThat(recounted(SecurityKeys.TOUCH, touched)).isEqualTo(touched);
    assertThat(recounted(SecurityKeys.VERIFIED, touched)).isEqualTo(new SecondFactor.None());
    assertThat(recounted(SecurityKeys.NEVER, touched)).isEqualTo(new SecondFactor.None());
    assertThat(recounted(SecurityKeys.NEVER, answered)).isEqualTo(answered);
  }

  private static SecondFactor recounted(SecurityKeys counting, SecondFactor proven) {
    return new Authenticator(
            List.of(),
            Map.of(),
            new SecondFactorSettings(SecondFactorSettings.Demand.OF_NOBODY, counting))
        .recounted(proven);
  }
}
