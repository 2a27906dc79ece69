package dev.sallyport.connection;

import dev.sallyport.auth.SecondFactorSettings;
import dev.sallyport.auth.SecondFactorSettings.Demand;
import dev.sallyport.auth.SecondFactorSettings.SecurityKeys;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.Enrolment;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A measurement, and no test by its name, so that builds leave it out: how long bob's login takes
 * while somebody with alice's key floods with codes, beside the same flood without codes (the
 * connections and keys alone) and beside quiet. It prints milliseconds; {@code deploy/bench/run
 * flood} runs it.
 */
final class CodeFlood {
  private static final int LOGINS = 200;
  private static final int FLOODERS = 4;

  /** What each flooding connection does once its key is proven. */
  private enum Flood {
    NONE,
    KEYS_ALONE,
    WRONG_CODES,
    WRONG_RECOVERY_CODES
  }

  @Test
  void print(@TempDir Path directory) throws Exception {
    try (AuthPlugin totp = totp(directory.resolve("totp"));
        HostileBastion bastion =
            new HostileBastion(
                directory,
                new Keys(totp.interactiveFactor().orElseThrow()),
                List.of("publickey", "keyboard-interactive"),
                new SecondFactorSettings(Demand.OF_ENROLLED, SecurityKeys.NEVER))) {
      measure(bastion, Flood.NONE);
      for (Flood flood : Flood.values()) {
        System.out.println(measure(bastion, flood));
      }
    }
  }

  private static AuthPlugin totp(Path folder) throws Exception {
    AuthPlugin totp =
        ConfigurationLoader.installedPlugins().stream()
            .filter(factory -> factory.type().equals("totp"))
            .findFirst()
            .orElseThrow()
            .open(new PluginSettings(Map.of("directory", folder.toString())), (where, what) -> {});
    Enrolment.Draft draft =
        totp.interactiveFactor().orElseThrow().enrolment().orElseThrow().draft("alice");
    Process app = new ProcessBuilder("oathtool", "--base32", "--totp", draft.secret()).start();
    String code = new String(app.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    draft.confirm(code.strip(), Enrolment.Existing.KEEP, () -> {});
    return totp;
  }

  private static String measure(HostileBastion bastion, Flood flood) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong answers = new AtomicLong();
    Thread[] flooders = new Thread[flood == Flood.NONE ? 0 : FLOODERS];
    for (int i = 0; i < flooders.length; i++) {
      flooders[i] =
          Thread.ofPlatform()
              .start(() -> {
                while (!over.get()) {
                  flood(bastion, flood, answers);
                }
              });
    }
    double[] millis = new double[LOGINS];
    long begin = System.nanoTime();
    for (int i = 0; i < LOGINS; i++) {
      long start = System.nanoTime();
      RawClient.login(bastion.address(), "bob", HostileBastion.BOB).close();
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    over.set(true);
    for (Thread flooder : flooders) {
      flooder.join(Duration.ofSeconds(30));
    }
    Arrays.sort(millis);
    return "%-22s p50 %6.1f ms  p95 %6.1f ms  %5.0f of alice's tries a second"
        .formatted(flood, millis[LOGINS / 2], millis[LOGINS * 95 / 100], answers.get() / seconds);
  }

  private static void flood(HostileBastion bastion, Flood flood, AtomicLong answers) {
    try (RawClient client = RawClient.connect(bastion.address())) {
      client.startAuthentication();
      client.sendSigned("alice", HostileBastion.ALICE);
      client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
      String answer = flood == Flood.WRONG_CODES ? "000000" : "aaaa-bbbb-cccc";
      for (int i = 0; i < 5; i++) {
        answers.incrementAndGet();
        if (flood == Flood.KEYS_ALONE) {
          return;
        }
        client.send(
            SshConstants.SSH_MSG_USERAUTH_REQUEST,
            packet -> {
              packet.putString("alice");
              packet.putString("ssh-connection");
              packet.putString("keyboard-interactive");
              packet.putString("");
              packet.putString("");
            });
        ByteArrayBuffer question =
            new ByteArrayBuffer(
                client.expect(SshConstants.SSH_MSG_USERAUTH_INFO_REQUEST).body().getCompactData());
        question.getString();
        question.getString();
        question.getString();
        int prompts = question.getInt();
        client.send(
            SshConstants.SSH_MSG_USERAUTH_INFO_RESPONSE,
            packet -> {
              packet.putUInt(prompts);
              for (int prompt = 0; prompt < prompts; prompt++) {
                packet.putString(answer);
              }
            });
        client.expect(SshConstants.SSH_MSG_USERAUTH_FAILURE);
      }
    } catch (Exception | AssertionError turnedAway) {
      // The flood goes on.
    }
  }

  private record Keys(InteractiveFactor factor) implements AuthPlugin {
    @Override
    public Verdict publicKey(LoginAttempt attempt, OfferedKey key) {
      KeyPair known = attempt.user().equals("alice") ? HostileBastion.ALICE : HostileBastion.BOB;
      ByteArrayBuffer blob = new ByteArrayBuffer();
      blob.putRawPublicKey(known.getPublic());
      return key.equals(new OfferedKey(blob.getCompactData()))
          ? new Verdict.Accepted(attempt.user(), Set.of(), "", Restrictions.NONE)
          : new Verdict.Unclaimed();
    }

    @Override
    public Optional<InteractiveFactor> interactiveFactor() {
      return Optional.of(factor);
    }
  }
}
