package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.auth.SecondFactorSettings;
import dev.sallyport.auth.SecondFactorSettings.Demand;
import dev.sallyport.auth.SecondFactorSettings.SecurityKeys;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Who has a second factor is told to nobody who has not proven a key: alice has one, bob has none,
 * and every byte that a stranger gets is the same for both. The plugin is not even asked, so there
 * is no time to measure.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StrangersLearnNothingTest {
  @TempDir Path directory;
  private final AtomicInteger questions = new AtomicInteger();

  private HostileBastion bastion(Demand demand) throws Exception {
    return new HostileBastion(
        directory,
        new Keys(),
        List.of("publickey", "keyboard-interactive"),
        new SecondFactorSettings(demand, SecurityKeys.NEVER));
  }

  @ParameterizedTest
  @EnumSource(
      value = Demand.class,
      names = {"OF_ENROLLED", "OF_EVERYONE"})
  void strangersGetTheSameBytesForWhoIsEnrolledAndWhoIsNot(Demand demand) throws Exception {
    try (HostileBastion bastion = bastion(demand)) {
      List<String> enrolled = answersToAStranger(bastion, "alice", HostileBastion.ALICE);
      List<String> notEnrolled = answersToAStranger(bastion, "bob", HostileBastion.BOB);

      assertThat(enrolled).isEqualTo(notEnrolled);
      assertThat(enrolled.getFirst())
          .as("the methods that may go on")
          .isEqualTo(failure("publickey", false));
      assertThat(questions).as("questions to the plugin").hasValue(0);
    }
  }

  /** All that can be sent without a right signature; the key's public half is known to many. */
  private static List<String> answersToAStranger(HostileBastion bastion, String user, KeyPair key)
      throws Exception {
    try (RawClient client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      return List.of(
          answer(client, user, "none"),
          answer(client, user, "keyboard-interactive"),
          answer(client, user, "password"),
          signedByAStranger(client, user),
          probed(client, user, key));
    }
  }

  private static String answer(RawClient client, String user, String method) throws Exception {
    client.send(
        SshConstants.SSH_MSG_USERAUTH_REQUEST,
        packet -> {
          packet.putString(user);
          packet.putString("ssh-connection");
          packet.putString(method);
          switch (method) {
            case "keyboard-interactive" -> {
              packet.putString("");
              packet.putString("");
            }
            case "password" -> {
              packet.putBoolean(false);
              packet.putString("guess");
            }
            default -> {}
          }
        });
    return bytes(client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE));
  }

  private static String signedByAStranger(RawClient client, String user) throws Exception {
    client.sendSigned(user, HostileBastion.MALLORY);
    return bytes(client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE));
  }

  /** The answer repeats the key, which is another's; what is left is the same. */
  private static String probed(RawClient client, String user, KeyPair key) throws Exception {
    client.sendProbe(user, key);
    return bytes(client.expect(SshConstants.SSH_MSG_USERAUTH_PK_OK))
        .replace(HexFormat.of().formatHex(blob(key)), "the key");
  }

  private static String bytes(RawClient.Message message) {
    return message.command() + " " + HexFormat.of().formatHex(message.body().getCompactData());
  }

  private static String failure(String methods, boolean partial) {
    ByteArrayBuffer body = new ByteArrayBuffer();
    body.putString(methods);
    body.putBoolean(partial);
    return SshConstants.SSH_MSG_USERAUTH_FAILURE
        + " "
        + HexFormat.of().formatHex(body.getCompactData());
  }

  @Test
  void whoHasProvenAKeyIsAskedOrLetInAccordingToTheirOwnStanding() throws Exception {
    try (HostileBastion bastion = bastion(Demand.OF_ENROLLED);
        RawClient alice = RawClient.connect(bastion.address());
        RawClient bob = RawClient.connect(bastion.address())) {
      alice.startAuthentication();
      alice.sendSigned("alice", HostileBastion.ALICE);
      assertThat(bytes(alice.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE)))
          .isEqualTo(failure("keyboard-interactive", true));
      bob.startAuthentication();
      bob.sendSigned("bob", HostileBastion.BOB);
      bob.expect(SshConstants.SSH_MSG_USERAUTH_SUCCESS);
    }
  }

  @Test
  void aPluginThatFailsIsNoWayRoundIt() throws Exception {
    try (HostileBastion bastion = bastion(Demand.OF_ENROLLED);
        RawClient client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      client.sendSigned("broken", HostileBastion.ALICE);
      assertThat(bytes(client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE)))
          .isEqualTo(failure("keyboard-interactive", true));
      client.send(
          SshConstants.SSH_MSG_USERAUTH_REQUEST,
          packet -> {
            packet.putString("broken");
            packet.putString("ssh-connection");
            packet.putString("keyboard-interactive");
            packet.putString("");
            packet.putString("");
          });
      client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
      Condition.await(
          "the failure is told",
          () -> bastion.told("the plugin failed: IllegalStateException") == 1);
      assertThat(bastion.told("authentication-succeeded")).isZero();
    }
  }

  private static byte[] blob(KeyPair key) {
    ByteArrayBuffer blob = new ByteArrayBuffer();
    blob.putRawPublicKey(key.getPublic());
    return blob.getCompactData();
  }

  /** Alice's key logs in as alice and as broken, bob's as bob. */
  private final class Keys implements AuthPlugin {
    @Override
    public Verdict publicKey(LoginAttempt attempt, OfferedKey key) {
      boolean alices = key.equals(new OfferedKey(blob(HostileBastion.ALICE)));
      boolean bobs = key.equals(new OfferedKey(blob(HostileBastion.BOB)));
      boolean known =
          switch (attempt.user()) {
            case "alice", "broken" -> alices;
            case "bob" -> bobs;
            default -> false;
          };
      return known
          ? new Verdict.Accepted(attempt.user(), Set.of(), "", Restrictions.NONE)
          : new Verdict.Unclaimed();
    }

    @Override
    public Optional<InteractiveFactor> interactiveFactor() {
      return Optional.of(new Factor());
    }
  }

  private final class Factor implements InteractiveFactor {
    @Override
    public Standing standing(String user) {
      questions.incrementAndGet();
      return switch (user) {
        case "alice" -> Standing.ENROLLED;
        case "bob" -> Standing.NOT_ENROLLED;
        default -> throw new IllegalStateException("no disk");
      };
    }

    @Override
    public Step begin(LoginAttempt attempt, String user) {
      return standing(user) == Standing.ENROLLED
          ? new Step.Ask("", List.of(new Prompt("Code: ", false)), none -> new Step.Failed("no"))
          : new Step.NotEnrolled();
    }
  }
}
