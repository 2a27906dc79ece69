package dev.sallyport.plugins.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.spi.CollectedReports;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.keys.KeyList;
import dev.sallyport.support.keys.TestKeys;
import dev.sallyport.support.keys.UserName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LaunchKeysTest {
  private static final OfferedKey KEY = TestKeys.ed25519(1);
  private static final OfferedKey OTHER = TestKeys.ed25519(2);
  private static final UserName USER = new UserName("ec2-user");

  private final AtomicLong nanoTime = new AtomicLong();
  private final CollectedReports reports = new CollectedReports();
  private FakeMetadata metadata;
  private MetadataClient client;
  private LaunchKeys keys;

  @BeforeEach
  void start() throws Exception {
    metadata = new FakeMetadata().launchedWith(TestKeys.line(KEY) + " my-key");
    client = new MetadataClient(MetadataEndpoint.parse(metadata.endpoint()));
    keys = new LaunchKeys(client, what -> reports.problem("it", what), nanoTime::get);
  }

  @AfterEach
  void stop() {
    client.close();
    metadata.close();
  }

  private static boolean has(KeyList list, OfferedKey key) {
    return list.verdict(key, USER).filter(Verdict.Accepted.class::isInstance).isPresent();
  }

  @Test
  void letsInWithTheLaunchKeyOfTheUsersThatAreNamed() throws Exception {
    for (List<String> users : List.of(List.of("ec2-user"), List.of("admin", "ubuntu"))) {
      try (Ec2 ec2 = Ec2.open(Map.of("endpoint", metadata.endpoint(), "launch-key-users", users))) {
        for (String user : List.of("ec2-user", "admin", "ubuntu", "root")) {
          assertThat(ec2.ask(user, KEY) instanceof Verdict.Accepted)
              .as(user)
              .isEqualTo(users.contains(user));
          assertThat(ec2.askAgain(user, KEY) instanceof Verdict.Accepted)
              .as(user)
              .isEqualTo(users.contains(user));
        }
        assertThat(ec2.ask(users.getFirst(), OTHER)).isEqualTo(new Verdict.Unclaimed());
      }
    }
  }

  @Test
  void theUserIsEc2UserUnlessItIsSaid() throws Exception {
    try (Ec2 ec2 = Ec2.open(Map.of("endpoint", metadata.endpoint()))) {
      assertThat(ec2.ask("ec2-user", KEY))
          .isInstanceOfSatisfying(
              Verdict.Accepted.class, accepted -> assertThat(accepted.label()).isEqualTo("my-key"));
    }
  }

  @Test
  void isAskedForOnceInAWhile() throws Exception {
    for (int i = 0; i < 100; i++) {
      assertThat(has(keys.current(), KEY)).isTrue();
    }
    assertThat(metadata.asked())
        .containsExactly(
            "PUT api/token",
            "GET meta-data/public-keys/",
            "GET meta-data/public-keys/0/openssh-key");
  }

  @Test
  void survivesAnOutageForAWhile() throws Exception {
    assertThat(has(keys.current(), KEY)).isTrue();
    metadata.close();
    nanoTime.addAndGet(LaunchKeys.KEPT.minusMinutes(1).toNanos());
    assertThat(has(keys.current(), KEY)).isTrue();
    nanoTime.addAndGet(LaunchKeys.FRESH.toNanos());
    assertThatThrownBy(keys::current).isInstanceOf(MetadataException.class);
  }

  /**
   * With these two the server tells a revocation from an outage when a reload changed the block.
   */
  @Test
  void ofALoginAPluginThatJustBeganCannotTellWhileTheServiceIsSilent() throws Exception {
    metadata.close();
    try (Ec2 ec2 = Ec2.open(Map.of("endpoint", metadata.endpoint()))) {
      assertThat(ec2.ask("ec2-user", KEY)).isEqualTo(new Verdict.Unclaimed());
      assertThatThrownBy(() -> ec2.askAgain("ec2-user", KEY)).isInstanceOf(MetadataException.class);
    }
  }

  @Test
  void isGoneWhenTheServiceSaysSo() throws Exception {
    assertThat(has(keys.current(), KEY)).isTrue();
    metadata.remove("meta-data/public-keys/");
    nanoTime.addAndGet(LaunchKeys.KEPT.plusMinutes(1).toNanos());
    assertThat(has(keys.current(), KEY)).isFalse();
  }

  @Test
  void takesNoPageForAList() {
    metadata.put("meta-data/public-keys/", "<html>0=x</html>");
    assertThatThrownBy(keys::current).hasMessageContaining("an invalid list of public keys");
    assertThat(reports.problems())
        .singleElement()
        .asString()
        .contains("an invalid list of public keys");
  }

  @Test
  void isNeverAPathOfTheListsChoice() {
    metadata.put("meta-data/public-keys/", "0/../../iam=x");
    assertThatThrownBy(keys::current).isInstanceOf(MetadataException.class);
    assertThat(metadata.asked()).hasSize(2);
  }
}
