package dev.sallyport.gateway.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.gateway.outbound.Login.How;
import dev.sallyport.gateway.outbound.TargetSettings.UnknownHosts;
import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.transport.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real sshd is who it should be, or nobody logs in to it. */
final class TargetKeyTest {
  @TempDir Path directory;
  private Path state;
  private Path web;
  private Path hostKey;

  @BeforeEach
  void makeKeys() {
    state = directory.resolve("state");
    web = TestSshd.makeKey(directory.resolve("web"), "-t", "ed25519");
    hostKey = TestSshd.makeKey(directory.resolve("host"), "-t", "ed25519");
  }

  private TestSshd sshd(int port, Path key, String... lines) throws IOException {
    TestSshd sshd = new TestSshd(directory, port, key, lines);
    sshd.authorize(TestSshd.publicLine(web));
    return sshd;
  }

  private TestSshd sshd(String... lines) throws IOException {
    return sshd(FreePort.next(), hostKey, lines);
  }

  private Login login(TargetSettings settings) throws IOException {
    return new Login(state, settings, new CredentialSource.Key(web, Optional.empty()));
  }

  private Login login() throws IOException {
    return login(TargetSettings.DEFAULT);
  }

  private TargetSettings knowing(String... lines) throws IOException {
    Path file = Files.writeString(directory.resolve("known"), String.join("\n", lines) + "\n");
    return new TargetSettings(List.of(file), List.of(), UnknownHosts.REFUSE);
  }

  private static String fingerprint(Path key) {
    return TestSshd.run("ssh-keygen", "-l", "-f", key + ".pub").split(" ")[1];
  }

  private String publicKey(Path key) throws IOException {
    return TestSshd.publicLine(key).replaceAll("^(\\S+ \\S+).*\\s*$", "$1");
  }

  @Test
  void remembersAndAuditsTheKeyThatItSeesFirst() throws Exception {
    try (Login login = login();
        TestSshd sshd = sshd()) {
      login.logIn(How.to(sshd.port()).asking("Web.Internal")).close();
      login.logIn(sshd.port()).close();
      assertThat(Files.readString(state.resolve("known_hosts")))
          .isEqualTo(
              "[127.0.0.1]:%d,[web.internal]:%d %s\n"
                  .formatted(sshd.port(), sshd.port(), publicKey(hostKey)));
      assertThat(login.audited().lines())
          .filteredOn(line -> line.contains("target-key-accepted"))
          .hasSize(1)
          .first()
          .asString()
          .contains(fingerprint(hostKey), "accept-new");
    }
  }

  @Test
  void whatAUserTypedReachesTheFileOnlyWhenItIsAName() throws Exception {
    try (Login login = login();
        TestSshd sshd = sshd()) {
      login.logIn(How.to(sshd.port()).asking("* ssh-rsa AAAA\n@cert-authority *")).close();
      assertThat(Files.readString(state.resolve("known_hosts")))
          .isEqualTo("[127.0.0.1]:%d %s\n".formatted(sshd.port(), publicKey(hostKey)));
    }
  }

  @Test
  void refusesAKeyThatHasChangedUntilTheOperatorForgetsIt() throws Exception {
    int port = FreePort.next();
    Path other = TestSshd.makeKey(directory.resolve("other"), "-t", "ecdsa");
    try (Login login = login()) {
      try (TestSshd sshd = sshd(port, hostKey)) {
        login.logIn(sshd.port()).close();
      }
      try (TestSshd sshd = sshd(port, other)) {
        assertThatThrownBy(() -> login.logIn(sshd.port()))
            .isInstanceOf(TargetException.class)
            .hasMessage(
                "the host key of 127.0.0.1:%d has changed: ssh-ed25519 %s was known, it shows"
                    + " ecdsa-sha2-nistp256 %s; if you expected that, the operator runs: sallyport"
                    + " known-hosts forget 127.0.0.1:%d",
                port, fingerprint(hostKey), fingerprint(other), port);
        KnownHostsFile file = KnownHostsFile.remembered(state);
        assertThat(
                file.forget(
                    new Host.Address(IpText.parse("127.0.0.1").orElseThrow()), port, keys -> {}))
            .containsExactly("[127.0.0.1]:%d ssh-ed25519 %s".formatted(port, fingerprint(hostKey)));
        login.logIn(port).close();
      }
      assertThat(login.audited())
          .contains("target-key-refused", "known-hosts-changed", "target-key-accepted");
    }
  }

  @Test
  void aNameThatIsKnownAsSomebodyElseRefusesTooAndSaysWhich() throws Exception {
    Path other = TestSshd.makeKey(directory.resolve("other"), "-t", "ed25519");
    try (Login login = login();
        TestSshd second = sshd(FreePort.next(), other)) {
      KnownHostsFile.remembered(state)
          .add("[web.internal]:%d %s".formatted(second.port(), publicKey(hostKey)));
      assertThatThrownBy(() -> login.logIn(How.to(second.port()).asking("web.internal")))
          .hasMessageContaining("known-hosts forget web.internal:" + second.port());
      login.logIn(How.to(second.port()).asking("db.internal")).close();
    }
  }

  @Test
  void asksForTheTypeThatIsKnownWhenATargetHasSeveral() throws Exception {
    Path rsa = TestSshd.makeKey(directory.resolve("rsa"), "-t", "rsa");
    int port = FreePort.next();
    try (TestSshd sshd = sshd(port, hostKey, "HostKey " + rsa);
        Login login = login(knowing("[127.0.0.1]:" + port + " " + publicKey(rsa)))) {
      login.logIn(sshd.port()).close();
    }
  }

  @Test
  void knowsHashedNamesAndPatternsAndRefusesWhatIsUnknown() throws Exception {
    try (TestSshd sshd = sshd()) {
      Path hashed = directory.resolve("hashed");
      Files.writeString(hashed, "[127.0.0.1]:%d %s\n".formatted(sshd.port(), publicKey(hostKey)));
      TestSshd.run("ssh-keygen", "-q", "-H", "-f", hashed.toString());
      assertThat(Files.readString(hashed)).startsWith("|1|");
      try (Login login = login(knowing(Files.readString(hashed).strip()))) {
        login.logIn(sshd.port()).close();
      }
      try (Login login = login(knowing("[127.0.0.*]:* " + publicKey(hostKey)))) {
        login.logIn(sshd.port()).close();
      }
      try (Login login = login(knowing("127.0.0.1 " + publicKey(hostKey)))) {
        assertThatThrownBy(() -> login.logIn(sshd.port()))
            .hasMessageStartingWith("the host key of 127.0.0.1:%d is not known", sshd.port())
            .hasMessageContaining(fingerprint(hostKey));
      }
    }
  }

  @Test
  void aRevokedKeyIsRefusedEvenWhenItIsKnown() throws Exception {
    try (TestSshd sshd = sshd();
        Login login =
            login(
                knowing(
                    "[127.0.0.1]:* " + publicKey(hostKey), "@revoked * " + publicKey(hostKey)))) {
      assertThatThrownBy(() -> login.logIn(sshd.port()))
          .hasMessageContaining("is revoked in " + directory.resolve("known"));
      assertThat(login.audited()).contains("target-key-refused");
    }
  }

  @Test
  void whatTheOperatorAddsCountsAtOnceAndIsAudited() throws Exception {
    try (TestSshd sshd = sshd();
        Login login = login(knowing("10.9.9.9 " + publicKey(hostKey)))) {
      assertThatThrownBy(() -> login.logIn(sshd.port())).hasMessageContaining("is not known");
      knowing("[127.0.0.1]:%d %s".formatted(sshd.port(), publicKey(hostKey)));
      login.logIn(sshd.port()).close();
      assertThat(login.audited()).contains("known-hosts-changed", "10.9.9.9 ssh-ed25519");
    }
  }

  @Test
  void aFileThatCannotBeReadAnyMoreTrustsNobody() throws Exception {
    try (TestSshd sshd = sshd();
        Login login = login(knowing("[127.0.0.1]:* " + publicKey(hostKey)))) {
      knowing("@revokd * " + publicKey(hostKey));
      assertThatThrownBy(() -> login.logIn(sshd.port()))
          .hasMessageContaining("cannot read what it knows of targets' host keys");
    }
  }

  @Test
  void startsWithNoFileThatOthersCanChange() throws Exception {
    TargetSettings known = knowing("# fine");
    Path file = known.knownHostsFiles().getFirst();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    String refused =
        file + " can be changed by others than its owner (mode 0664), so it is not used: run chmod";
    TargetSettings authority =
        new TargetSettings(List.of(), List.of(file), UnknownHosts.ACCEPT_NEW);
    for (TargetSettings settings : List.of(known, authority)) {
      assertThatThrownBy(() -> login(settings))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(refused);
    }
  }

  @Test
  void trustsNoTargetWhileOthersCanChangeWhatIsKnown() throws Exception {
    try (TestSshd sshd = sshd();
        Login login = login(knowing("[127.0.0.1]:* " + publicKey(hostKey)))) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
      assertThatThrownBy(() -> login.logIn(sshd.port()))
          .hasMessageContaining("cannot read what it knows of targets' host keys");
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      login.logIn(sshd.port()).close();
    }
  }

  @Test
  void startsWithNoFileThatIsMissingOrWrong() throws Exception {
    assertThatThrownBy(() ->
            login(
                new TargetSettings(
                    List.of(directory.resolve("none")), List.of(), UnknownHosts.REFUSE)))
        .isInstanceOf(IOException.class)
        .hasMessage(directory.resolve("none") + " is not there");
    TargetSettings wrong = knowing("# fine", "10.0.0.1 ssh-ed25519 AAAA");
    assertThatThrownBy(() -> login(wrong))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 2 has a key");
  }

  // ---- certificates ----

  private Path certify(Path key, Path authority, String... options) {
    List<String> words =
        new ArrayList<>(
            List.of("ssh-keygen", "-q", "-s", authority.toString(), "-h", "-I", "host"));
    words.addAll(List.of(options));
    words.add(key + ".pub");
    TestSshd.run(words.toArray(String[]::new));
    return Path.of(key + "-cert.pub");
  }

  private TargetSettings trusting(Path authority) {
    return new TargetSettings(List.of(), List.of(Path.of(authority + ".pub")), UnknownHosts.REFUSE);
  }

  @Test
  void trustsCertificatesOfAHostCaForTheRequestedNameOrTheAddress() throws Exception {
    for (String type : List.of("ed25519", "rsa", "ecdsa")) {
      Path ca = TestSshd.makeKey(directory.resolve("ca-" + type), "-t", type);
      Path key = TestSshd.makeKey(directory.resolve("host-" + type), "-t", type);
      Path certificate = certify(key, ca, "-n", "web.internal,127.0.0.1", "-V", "+5m");
      try (TestSshd sshd = sshd(FreePort.next(), key, "HostCertificate " + certificate);
          Login login = login(trusting(ca))) {
        login.logIn(How.to(sshd.port()).asking("web.internal")).close();
        login.logIn(sshd.port()).close();
        assertThat(state.resolve("known_hosts")).doesNotExist();
      }
    }
  }

  @Test
  void trustsAnAuthorityOfAKnownHostsFileForItsHostsOnly() throws Exception {
    Path ca = TestSshd.makeKey(directory.resolve("ca"), "-t", "ed25519");
    Path certificate = certify(hostKey, ca, "-n", "127.0.0.1");
    try (TestSshd sshd = sshd("HostCertificate " + certificate)) {
      try (Login login = login(knowing("@cert-authority 127.0.0.* " + publicKey(ca)))) {
        login.logIn(sshd.port()).close();
      }
      try (Login login = login(knowing("@cert-authority *.internal " + publicKey(ca)))) {
        assertThatThrownBy(() -> login.logIn(sshd.port())).hasMessageContaining("is not known");
      }
      try (Login login =
          login(knowing("@cert-authority * " + publicKey(ca), "@revoked * " + publicKey(ca)))) {
        assertThatThrownBy(() -> login.logIn(sshd.port())).hasMessageContaining("is revoked");
      }
    }
  }

  @Test
  void refusesACertificateThatIsNotForThisTargetNow() throws Exception {
    Path ca = TestSshd.makeKey(directory.resolve("ca"), "-t", "ed25519");
    Path other = TestSshd.makeKey(directory.resolve("other-ca"), "-t", "ed25519");
    for (var wrong :
        List.of(
            List.of("is for other hosts", "-n", "db.internal"),
            List.of("is for other hosts", "-V", "+5m"),
            List.of("has expired", "-n", "127.0.0.1", "-V", "20200101:20200102"),
            List.of("is not valid yet", "-n", "127.0.0.1", "-V", "20900101:20900102"))) {
      Path certificate =
          certify(hostKey, ca, wrong.subList(1, wrong.size()).toArray(String[]::new));
      try (TestSshd sshd = sshd("HostCertificate " + certificate);
          Login login =
              login(
                  new TargetSettings(
                      List.of(), List.of(Path.of(ca + ".pub")), UnknownHosts.ACCEPT_NEW))) {
        assertThatThrownBy(() -> login.logIn(sshd.port()))
            .isInstanceOf(TargetException.class)
            .hasMessageContaining(
                "the certificate of 127.0.0.1:%d's host key %s", sshd.port(), wrong.getFirst());
      }
      try (TestSshd sshd = sshd("HostCertificate " + certificate);
          Login login = login(trusting(other))) {
        assertThatThrownBy(() -> login.logIn(sshd.port())).hasMessageContaining("is not known");
      }
    }
  }

  @Test
  void forgettingTakesOneHostAndLeavesTheRest() throws Exception {
    Files.createDirectories(state);
    KnownHostsFile file = KnownHostsFile.remembered(state);
    file.add("10.0.2.15,web.internal " + publicKey(hostKey));
    file.add("[10.0.2.15]:2222 " + publicKey(hostKey));
    Host host = ((Parsed.Valid<Host>) Host.parse("web.internal")).value();
    assertThat(file.forget(host, 2222, keys -> {})).isEmpty();
    assertThat(file.forget(host, 22, keys -> {})).hasSize(1);
    assertThat(file.entries())
        .containsExactly(
            new KnownHostsFile.Entry(
                Optional.empty(), "[10.0.2.15]:2222", "ssh-ed25519", fingerprint(hostKey)));
  }
}
