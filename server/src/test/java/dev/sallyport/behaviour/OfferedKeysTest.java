package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the log says of keys that a stock client offers and does not log in with. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OfferedKeysTest {
  @TempDir Path directory;
  private TestBastion bastion;

  @BeforeEach
  void start() throws IOException {
    bastion = TestBastion.start(directory, "audit.strangers-per-minute = 1000");
  }

  @AfterEach
  void stop() {
    bastion.close();
  }

  private Path unknownKey(String name) {
    return OpenSsh.makeKey(directory.resolve(name), "-t", "ed25519");
  }

  private Command.Ended ssh(Path... keys) {
    List<String> words = new ArrayList<>(List.of("-p", Integer.toString(bastion.port())));
    for (Path key : keys) {
      words.addAll(List.of("-i", key.toString()));
    }
    words.add("alice@127.0.0.1");
    return bastion.ssh().ssh(words.toArray(String[]::new));
  }

  private static String fingerprint(Path key) {
    return Command.run(List.of("ssh-keygen", "-l", "-f", key + ".pub")).output().split(" ")[1];
  }

  private List<String> codes(AuditReader.Event one) {
    return bastion.audit().ofConnection(one.connection()).stream()
        .map(AuditReader.Event::code)
        .toList();
  }

  @Test
  void keysThatAreOfferedBeforeTheRightOneAreNoFailures() {
    assertThat(ssh(unknownKey("first"), unknownKey("second"), directory.resolve("alice")).exit())
        .isZero();

    AuditReader.Event closed = bastion.audit().await("connection-closed");
    assertThat(codes(closed))
        .containsExactly("connection-opened", "authentication-succeeded", "connection-closed");
  }

  @Test
  void whoHasNoRightKeyIsOneFailureThatNamesAllThatWereOffered() {
    Path first = unknownKey("first");
    Path second = unknownKey("second");

    assertThat(ssh(first, second, directory.resolve("mallory")).errors())
        .contains("Permission denied");

    AuditReader.Event closed = bastion.audit().await("connection-closed");
    assertThat(codes(closed))
        .containsExactly("connection-opened", "authentication-failed", "connection-closed");
    AuditReader.Event failed = bastion.audit().await("authentication-failed");
    assertThat(failed.user()).isEqualTo("alice");
    assertThat(failed.detail()).isEqualTo("no plugin knows this key for this user");
    assertThat(
            failed
                .json()
                .at("/unmapped/offered")
                .valueStream()
                .map(offer -> offer.path("key_fingerprint").asString("")))
        .containsExactly(
            fingerprint(first), fingerprint(second), fingerprint(directory.resolve("mallory")));
    assertThat(failed.json().at("/unmapped/offered_count").asInt(0)).isEqualTo(3);
  }

  @Test
  void theFailureIsAboutTheKeyThatAPluginHadSomethingToSayOf() throws IOException {
    Path expired = unknownKey("expired");
    bastion.authorizeOnly("alice", expired, "expiry-time=\"20200101Z\"");

    ssh(unknownKey("first"), expired);

    AuditReader.Event failed = bastion.audit().await("authentication-failed");
    assertThat(failed.detail()).contains("expired");
    assertThat(failed.json().at("/unmapped/key_fingerprint").asString(""))
        .isEqualTo(fingerprint(expired));
    assertThat(failed.json().at("/unmapped/offered_count").asInt(0)).isEqualTo(2);
  }
}
