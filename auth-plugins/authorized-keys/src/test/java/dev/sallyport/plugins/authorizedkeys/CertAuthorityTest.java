package dev.sallyport.plugins.authorizedkeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.CollectedReports;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Restrictions.Permission;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.keys.KeysFolder;
import dev.sallyport.support.keys.SshKeygen;
import dev.sallyport.support.keys.TestKeys;
import dev.sallyport.support.keys.UnknownRevocationException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cert-authority} lines and {@code revoked}, with the real ssh-keygen. */
class CertAuthorityTest {
  private static final Verdict UNCLAIMED = new Verdict.Unclaimed();

  @TempDir Path temporary;
  private final CollectedReports reports = new CollectedReports();
  private KeysFolder keys;
  private SshKeygen keygen;

  @BeforeEach
  void makeAuthority() throws Exception {
    keys = new KeysFolder(temporary.resolve("keys"));
    keygen = new SshKeygen(temporary.resolve("made"));
    keygen.key("ca");
    keygen.key("alice");
  }

  private AuthPlugin open(Map<String, Object> settings) throws Exception {
    return new AuthorizedKeysPluginFactory().open(new PluginSettings(settings), reports);
  }

  private AuthPlugin open(String file) throws Exception {
    return open(Map.of("files", List.of(keys.folder() + "/" + file)));
  }

  private OfferedKey signed(String principals, String... options) {
    String[] all = Arrays.copyOf(options, options.length + 4);
    System.arraycopy(new String[] {"-I", "laptop", "-n", principals}, 0, all, options.length, 4);
    return keygen.sign("ca", "alice", all);
  }

  private static LoginAttempt attempt(String user) {
    return new LoginAttempt(user, InetAddress.getLoopbackAddress(), Instant.now());
  }

  private static Verdict ask(AuthPlugin plugin, String user, OfferedKey key) throws Exception {
    return plugin.publicKey(attempt(user), key);
  }

  private static Verdict accepted(String user) {
    return new Verdict.Accepted(user, Set.of(), "laptop", Restrictions.NONE);
  }

  private static void assertRefused(Verdict verdict, String reason) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Refused.class, refused -> assertThat(refused.reason()).contains(reason));
  }

  @Test
  void inAFileOfOneUserACertificateMustNameTheUser() throws Exception {
    keys.write("alice", "cert-authority " + keygen.line("ca"));
    AuthPlugin plugin = open("%u");
    assertThat(ask(plugin, "alice", signed("alice"))).isEqualTo(accepted("alice"));
    assertRefused(ask(plugin, "alice", signed("bob")), "no principal that is this user");
    assertThat(ask(plugin, "bob", signed("bob"))).isEqualTo(UNCLAIMED);
    assertThat(reports.problems()).isEmpty();
  }

  @Test
  void inAFileOfOneUserTheLineMaySayWhichPrincipalsAreTheUser() throws Exception {
    keys.write("alice", "cert-authority,principals=\"oncall,group:ops\" " + keygen.line("ca"));
    AuthPlugin plugin = open("%u");
    assertThat(ask(plugin, "alice", signed("oncall"))).isEqualTo(accepted("alice"));
    assertThat(ask(plugin, "alice", signed("group:ops"))).isEqualTo(accepted("alice"));
    assertRefused(ask(plugin, "alice", signed("alice")), "no principal that is this user");
  }

  @Test
  void inAFileForAllACertificateIsTheUserThatItNames() throws Exception {
    keys.write("everybody", "cert-authority,principals=\"alice,bob\" " + keygen.line("ca"));
    AuthPlugin plugin = open("everybody");
    assertThat(ask(plugin, "alice", signed("alice,carol"))).isEqualTo(accepted("alice"));
    assertRefused(ask(plugin, "bob", signed("alice,carol")), "no principal that is this user");
    assertThat(ask(plugin, "carol", signed("alice,carol"))).isEqualTo(UNCLAIMED);
    keys.replace("everybody", "cert-authority " + keygen.line("ca"));
    assertThat(ask(plugin, "carol", signed("alice,carol"))).isEqualTo(accepted("carol"));
    assertRefused(ask(plugin, "bob", signed("alice,carol")), "no principal that is this user");
  }

  @Test
  void inAFileForAllALineForOthersIsPassedOver() throws Exception {
    keys.write(
        "first",
        "cert-authority,principals=\"alice\",no-pty " + keygen.line("ca"),
        "cert-authority,principals=\"carol\" " + keygen.line("ca"));
    keys.write("second", "cert-authority,principals=\"alice,bob\" " + keygen.line("ca"));
    AuthPlugin plugin =
        open(Map.of("files", List.of(keys.folder() + "/first", keys.folder() + "/second")));
    OfferedKey certificate = signed("alice,bob,carol,dave");
    assertThat(ask(plugin, "alice", certificate))
        .isEqualTo(
            new Verdict.Accepted(
                "alice", Set.of(), "laptop", Restrictions.NONE.without(Permission.PTY)));
    assertThat(ask(plugin, "bob", certificate)).isEqualTo(accepted("bob"));
    assertThat(ask(plugin, "carol", certificate)).isEqualTo(accepted("carol"));
    assertThat(ask(plugin, "dave", certificate)).isEqualTo(UNCLAIMED);
    OfferedKey expired = signed("alice,bob,dave", "-V", "20200101Z:20200201Z");
    assertRefused(ask(plugin, "bob", expired), keys.folder() + "/second:1");
    assertThat(ask(plugin, "dave", expired)).isEqualTo(UNCLAIMED);
  }

  @Test
  void anAuthorityIsNoKeyAndAKeyIsNoAuthority() throws Exception {
    keys.write("alice", "cert-authority " + keygen.line("ca"));
    keys.write("bob", keygen.line("ca"));
    AuthPlugin plugin = open("%u");
    assertThat(ask(plugin, "alice", keygen.publicKey("ca"))).isEqualTo(UNCLAIMED);
    assertThat(ask(plugin, "alice", keygen.publicKey("alice"))).isEqualTo(UNCLAIMED);
    assertThat(ask(plugin, "bob", signed("bob"))).isEqualTo(UNCLAIMED);
  }

  @Test
  void whatTheLineAndWhatTheCertificateDemandsBothHold() throws Exception {
    keys.write(
        "alice",
        "cert-authority,no-pty,from=\"10.0.0.0/8\",command=\"ssh a@b\" " + keygen.line("ca"));
    AuthPlugin plugin = open("%u");
    OfferedKey certificate =
        signed("alice", "-O", "no-agent-forwarding", "-O", "source-address=10.1.0.0/16");
    assertThat(ask(plugin, "alice", certificate))
        .isInstanceOfSatisfying(
            Verdict.Accepted.class,
            accepted -> {
              Restrictions both = accepted.restrictions();
              assertThat(both.permissions()).containsExactly(Permission.FORWARDING);
              assertThat(both.sources()).hasSize(2);
              assertThat(both.command()).contains("ssh a@b");
            });
    assertThat(ask(plugin, "alice", signed("alice", "-O", "force-command=ssh a@b")))
        .isInstanceOf(Verdict.Accepted.class);
    assertRefused(
        ask(plugin, "alice", signed("alice", "-O", "force-command=ssh c@d")), "another command");
  }

  @Test
  void aLineWithAnOptionThatIsNotHonouredRefusesItsCertificates() throws Exception {
    Path file =
        keys.write(
            "alice",
            "cert-authority,unheard-of " + keygen.line("ca"),
            "cert-authority " + keygen.line("ca"));
    AuthPlugin plugin = open("%u");
    assertRefused(ask(plugin, "alice", signed("alice")), file + ":1");
    keys.replace("alice", "cert-authority,verify-required " + keygen.line("ca"));
    assertRefused(ask(plugin, "alice", signed("alice")), "FIDO");
    keys.replace("alice", "cert-authority=\"yes\" " + keygen.line("ca"));
    assertRefused(ask(plugin, "alice", signed("alice")), "takes no value");
  }

  @Test
  void judgesCertificatesAsEverywhere() throws Exception {
    Path file = keys.write("alice", "cert-authority " + keygen.line("ca"));
    AuthPlugin plugin = open("%u");
    assertRefused(
        ask(plugin, "alice", signed("alice", "-V", "20200101Z:20200201Z")), "has expired");
    assertRefused(ask(plugin, "alice", signed("alice", "-h")), "is a host's");
    assertRefused(ask(plugin, "alice", signed("alice", "-O", "critical:x=y")), file + ":1");
  }

  @Test
  void aKeyThatIsRevokedLosesItsRight() throws Exception {
    keys.write("alice", keygen.line("alice"));
    KeysFolder lists = new KeysFolder(temporary.resolve("lists"));
    byte[] nothing = keygen.krl("krl", List.of(), List.of());
    lists.write("revoked.krl", nothing);
    AuthPlugin plugin =
        open(
            Map.of(
                "files",
                List.of(keys.folder() + "/%u"),
                "revoked",
                List.of(lists.folder() + "/revoked.krl")));
    OfferedKey key = keygen.publicKey("alice");
    assertThat(ask(plugin, "alice", key)).isInstanceOf(Verdict.Accepted.class);
    lists.write(
        "revoked.krl", keygen.krl("krl", List.of("key: " + keygen.line("alice")), List.of()));
    assertRefused(ask(plugin, "alice", key), "the key is revoked");
    assertRefused(plugin.recheck(attempt("alice"), key), "the key is revoked");
    lists.write("revoked.krl", keygen.line("alice"));
    assertRefused(ask(plugin, "alice", key), "the key is revoked");
    lists.write("revoked.krl", Arrays.copyOf(nothing, nothing.length - 1));
    assertRefused(ask(plugin, "alice", key), "cannot be understood");
    assertThatThrownBy(() -> plugin.recheck(attempt("alice"), key))
        .isInstanceOf(UnknownRevocationException.class);
    assertThat(ask(plugin, "mallory", key)).isEqualTo(UNCLAIMED);
    Files.delete(lists.folder().resolve("revoked.krl"));
    assertRefused(ask(plugin, "alice", key), "is not there");
  }

  @Test
  void aFileOfTenThousandAuthoritiesSlowsNobody() throws Exception {
    String[] lines = new String[10_001];
    for (int i = 0; i < 10_000; i++) {
      lines[i] = "cert-authority " + TestKeys.line(TestKeys.ed25519(i));
    }
    lines[10_000] = "cert-authority " + keygen.line("ca");
    keys.write("alice", lines);
    AuthPlugin plugin = open("%u");
    OfferedKey certificate = signed("alice");
    long begin = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      assertThat(ask(plugin, "alice", certificate)).isEqualTo(accepted("alice"));
    }
    assertThat((System.nanoTime() - begin) / 10).isLessThan(1_000_000_000L);
  }
}
