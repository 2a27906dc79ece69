package dev.sallyport.gateway.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.gateway.outbound.CredentialSource.Passphrase;
import dev.sallyport.gateway.outbound.Login.How;
import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.Terms;
import dev.sallyport.ssh.KeyFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.sshd.agent.local.AgentImpl;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every credential logs in to a real sshd, and where it does not a sentence says what to do. */
final class CredentialTest {
  private static final String PASSPHRASE = "correct horse";

  @TempDir Path directory;

  /** How a key file comes to be. */
  record Format(String name, List<String> command) {
    @Override
    public String toString() {
      return name;
    }

    boolean isEncrypted() {
      return name.startsWith("encrypted");
    }

    Path make(Path directory) throws IOException {
      Path file = directory.resolve("key.pem");
      TestSshd.run(
          command.stream()
              .map(word -> word.replace("FILE", file.toString()))
              .toArray(String[]::new));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      return file;
    }
  }

  static Stream<Format> formats() {
    return Stream.of(
            new Format("RSA PKCS#1", keygen("PEM", "rsa")),
            new Format("RSA PKCS#8", keygen("PKCS8", "rsa")),
            new Format("RSA OpenSSH", keygen("RFC4716", "rsa")),
            new Format("ECDSA PEM", keygen("PEM", "ecdsa")),
            new Format("ECDSA PKCS#8", keygen("PKCS8", "ecdsa")),
            new Format("Ed25519 OpenSSH", keygen("RFC4716", "ed25519")))
        .flatMap(format ->
            Stream.of(
                new Format(format.name(), with(format.command(), "")),
                new Format("encrypted " + format.name(), with(format.command(), PASSPHRASE))));
  }

  static Stream<Format> formatsOfOpenssl() {
    return Stream.of(
        new Format("Ed25519 PKCS#8", words("openssl genpkey -algorithm ed25519 -out FILE")),
        new Format(
            "encrypted Ed25519 PKCS#8",
            with(
                words("openssl genpkey -algorithm ed25519 -aes256 -out FILE -pass"),
                "pass:" + PASSPHRASE)),
        new Format(
            "encrypted RSA PKCS#8",
            with(words("openssl genrsa -aes256 -out FILE -passout"), "pass:" + PASSPHRASE)),
        new Format(
            "encrypted RSA PKCS#1",
            with(
                words("openssl genrsa -traditional -aes128 -out FILE -passout"),
                "pass:" + PASSPHRASE)),
        new Format("RSA PKCS#1 of openssl", words("openssl genrsa -traditional -out FILE")));
  }

  private static List<String> keygen(String format, String type) {
    return words("ssh-keygen -q -f FILE -m %s -t %s -N".formatted(format, type));
  }

  private static List<String> words(String command) {
    return List.of(command.split(" "));
  }

  private static List<String> with(List<String> words, String more) {
    return Stream.concat(words.stream(), Stream.of(more)).toList();
  }

  @ParameterizedTest
  @MethodSource({"formats", "formatsOfOpenssl"})
  void logsInWithAKeyOfEveryFormat(Format format) throws Exception {
    Path file = format.make(directory);
    Optional<String> passphrase = format.isEncrypted() ? Optional.of(PASSPHRASE) : Optional.empty();
    KeyPair key = new KeyFile("credential web", file).read(passphrase, "");
    try (TestSshd sshd = sshd();
        Login login =
            new Login(directory.resolve("state"), TargetSettings.DEFAULT, source(format, file))) {
      sshd.authorize(PublicKeyEntry.toString(key.getPublic()));
      try (TargetConnection connection = login.logIn(sshd.port())) {
        assertThat(connection.session().executeRemoteCommand("echo hello")).isEqualTo("hello\n");
      }
    }
  }

  private CredentialSource source(Format format, Path file) throws IOException {
    if (!format.isEncrypted()) {
      return new CredentialSource.Key(file, Optional.empty());
    }
    Path secret = Files.writeString(directory.resolve("secret"), PASSPHRASE + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    return new CredentialSource.Key(file, Optional.of(new Passphrase.InFile(secret)));
  }

  private TestSshd sshd(String... lines) throws IOException {
    Path hostKey = directory.resolve("host");
    if (!Files.exists(hostKey)) {
      TestSshd.makeKey(hostKey, "-t", "ed25519");
    }
    return new TestSshd(directory, hostKey, lines);
  }

  private CredentialSource key() {
    return new CredentialSource.Key(
        TestSshd.makeKey(directory.resolve("web"), "-t", "ed25519"), Optional.empty());
  }

  @Test
  void saysWhatToDoWhenTheTargetDoesNotKnowTheKey() throws Exception {
    try (TestSshd sshd = sshd();
        Login login = new Login(directory.resolve("state"), TargetSettings.DEFAULT, key())) {
      assertThatThrownBy(() -> login.logIn(sshd.port()))
          .isInstanceOf(TargetException.class)
          .hasMessage(
              "127.0.0.1:%d does not let %s in with credential web (it accepts publickey): put the"
                  + " bastion's key into its authorized_keys",
              sshd.port(), TestSshd.user());
    }
  }

  @Test
  void saysThatATargetWantsMoreThanAKey() throws Exception {
    try (TestSshd sshd =
            sshd("AuthenticationMethods publickey,password", "PasswordAuthentication yes");
        Login login = new Login(directory.resolve("state"), TargetSettings.DEFAULT, key())) {
      sshd.authorize(TestSshd.publicLine(directory.resolve("web")));
      assertThatThrownBy(() -> login.logIn(sshd.port()))
          .isInstanceOf(TargetException.class)
          .hasMessageContaining("and wants more (password), which the bastion cannot give");
    }
  }

  @Test
  void certifiesAFreshKeyThatNamesTheUserAndTheConnection() throws Exception {
    try (Login login = authority();
        TestSshd sshd = trusting();
        TargetConnection connection = login.logIn(How.to(sshd.port()).by("alice b=c\n"))) {
      assertThat(connection.session().executeRemoteCommand("echo hello")).isEqualTo("hello\n");
      sshd.awaitLog("ID user=alice%20b%3dc%0a connection=c-1 (serial ");
    }
  }

  @Test
  void certifiesForTheAddressThatTheSocketReallyHas() throws Exception {
    try (Login login = authority();
        TestSshd sshd = trusting();
        TargetConnection connection = login.logIn(How.to(sshd.port()).from("127.0.0.2"))) {
      assertThat(connection.session().isAuthenticated()).isTrue();
    }
  }

  @Test
  void aTargetThatDoesNotTrustTheAuthorityIsToldHowTo() throws Exception {
    try (Login login = authority();
        TestSshd sshd = sshd()) {
      assertThatThrownBy(() -> login.logIn(sshd.port()))
          .isInstanceOf(TargetException.class)
          .hasMessageEndingWith(
              "let it trust what sallyport user-ca show prints (TrustedUserCAKeys in its"
                  + " sshd_config)");
    }
  }

  @Test
  void aCertificateIsForOneLoginAndAFewMinutesAndWhatTheRuleAllows() throws Exception {
    UserCa authority = UserCa.readOrMake(directory);
    Path file = directory.resolve("issued-cert.pub");
    KeyPair plain =
        authority.issue(
            new UserCa.Purpose(
                "alice",
                new ConnectionId("c-1"),
                "ec2-user",
                InetAddress.ofLiteral("fd00::5"),
                Set.of(Terms.Inner.AGENT)),
            Duration.ofMinutes(5),
            Instant.parse("2026-11-23T08:00:00Z"));
    Files.writeString(file, PublicKeyEntry.toString(plain.getPublic()) + "\n");
    String shown = TestSshd.run("env", "TZ=UTC", "ssh-keygen", "-L", "-f", file.toString());
    assertThat(shown)
        .contains("Key ID: \"user=alice connection=c-1\"")
        .contains("from 2026-11-23T07:59:00 to 2026-11-23T08:05:00")
        .contains("source-address fd00::5/128")
        .contains("permit-agent-forwarding", "permit-pty")
        .doesNotContain("permit-port-forwarding", "permit-X11", "permit-user-rc");
    assertThat(shown.replaceAll("\\s+", " ")).contains("Principals: ec2-user Critical Options:");
  }

  @Test
  void aLoginWithACommaIsNeverCertified() throws Exception {
    try (Login login = authority();
        TestSshd sshd = trusting()) {
      assertThatThrownBy(() -> login.logIn(How.to(sshd.port()).as("nobody,root")))
          .isInstanceOf(TargetException.class)
          .hasMessageStartingWith("nobody,root is not a login");
    }
  }

  @Test
  void aHostileLoginNeverReachesTheTarget() throws Exception {
    try (Login login = new Login(directory.resolve("state"), TargetSettings.DEFAULT, key());
        TestSshd sshd = sshd()) {
      for (String hostile :
          new String[] {"", "a b", "root\n", "\u001b[2J", "r\u00f6\u00f6t", "a".repeat(256)}) {
        assertThatThrownBy(() -> login.logIn(How.to(sshd.port()).as(hostile)))
            .isInstanceOf(TargetException.class)
            .message()
            .matches("[ -~]*is not a login that credential web can be used for[ -~]*");
      }
    }
  }

  private Login authority() throws IOException {
    return new Login(
        directory.resolve("state"),
        TargetSettings.DEFAULT,
        new CredentialSource.Authority(Duration.ofMinutes(5)));
  }

  private TestSshd trusting() throws IOException {
    Path trusted =
        Files.writeString(
            directory.resolve("trusted"),
            UserCa.readOrMake(directory.resolve("state")).publicLine());
    return sshd("TrustedUserCAKeys " + trusted);
  }

  @Test
  void logsInWithTheAgentThatTheClientForwards() throws Exception {
    AgentImpl agent = agent("ssh-ed25519", 256);
    try (Login login = ofAgent();
        TestSshd sshd = sshd()) {
      sshd.authorize(PublicKeyEntry.toString(agent.getIdentities().iterator().next().getKey()));
      try (TargetConnection connection = login.logIn(How.to(sshd.port()).with(agent))) {
        assertThat(connection.session().isAuthenticated()).isTrue();
      }
      assertThat(agent.isOpen()).isFalse();
    }
  }

  @Test
  void anRsaKeyOfAnAgentSignsWithSha2() throws Exception {
    AgentImpl agent = agent("ssh-rsa", 2048);
    try (Login login = ofAgent();
        TestSshd sshd = sshd()) {
      sshd.authorize(PublicKeyEntry.toString(agent.getIdentities().iterator().next().getKey()));
      login.logIn(How.to(sshd.port()).with(agent)).close();
    }
  }

  @Test
  void withoutAnAgentTheUserIsToldHowToForwardOne() throws Exception {
    try (Login login = ofAgent();
        TestSshd sshd = sshd()) {
      assertThatThrownBy(() -> login.logIn(sshd.port()))
          .isInstanceOf(TargetException.class)
          .hasMessage("credential web needs your agent, and you do not forward it: use ssh -A");
      assertThatThrownBy(() -> login.logIn(How.to(sshd.port()).with(new AgentImpl())))
          .isInstanceOf(TargetException.class)
          .hasMessage("your forwarded agent has no keys: add one with ssh-add");
    }
  }

  private Login ofAgent() throws IOException {
    return new Login(
        directory.resolve("state"), TargetSettings.DEFAULT, new CredentialSource.Agent());
  }

  private static AgentImpl agent(String type, int bits) throws Exception {
    AgentImpl agent = new AgentImpl();
    agent.addIdentity(KeyUtils.generateKeyPair(type, bits), "alice's");
    return agent;
  }

  /** What every process has in its environment serves as the passphrase. */
  @Test
  void aPassphraseFromTheEnvironmentOpensTheKey() throws Exception {
    Path key =
        TestSshd.makeKey(directory.resolve("k"), "-t", "ed25519", "-N", System.getenv("PATH"));
    CredentialSource web =
        new CredentialSource.Key(key, Optional.of(new Passphrase.InEnvironment("PATH")));
    try (TestSshd sshd = sshd();
        Login login = new Login(directory.resolve("state"), TargetSettings.DEFAULT, web)) {
      sshd.authorize(TestSshd.publicLine(key));
      try (TargetConnection connection = login.logIn(sshd.port())) {
        assertThat(connection.session().executeRemoteCommand("echo hello")).isEqualTo("hello\n");
      }
    }
  }

  @Test
  void refusesToStartWithAKeyFileThatIsWrong() throws Exception {
    Path key = TestSshd.makeKey(directory.resolve("k"), "-t", "ed25519", "-N", PASSPHRASE);
    assertStartFails(key, Optional.empty(), "is encrypted: say where its passphrase is");
    Path secret = Files.writeString(directory.resolve("secret"), "wrong\n");
    assertStartFails(key, Optional.of(new Passphrase.InFile(secret)), "is open to others");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("r--------"));
    assertStartFails(key, Optional.of(new Passphrase.InFile(secret)), "the passphrase is wrong");
    assertStartFails(
        key, Optional.of(new Passphrase.InEnvironment("NOT_SET_HERE")), "NOT_SET_HERE");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertStartFails(key, Optional.empty(), "run chmod 600 " + key);
    assertStartFails(directory.resolve("none"), Optional.empty(), "does not exist");
    Path text = Files.writeString(directory.resolve("text"), "hello\n");
    Files.setPosixFilePermissions(text, PosixFilePermissions.fromString("rw-------"));
    assertStartFails(text, Optional.empty(), "must be a private key");
  }

  private void assertStartFails(Path file, Optional<Passphrase> passphrase, String message) {
    assertThatThrownBy(() ->
            new Login(
                directory.resolve("state"),
                TargetSettings.DEFAULT,
                new CredentialSource.Key(file, passphrase)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("credential web")
        .hasMessageContaining(message)
        .hasMessageNotContaining(PASSPHRASE);
  }
}
