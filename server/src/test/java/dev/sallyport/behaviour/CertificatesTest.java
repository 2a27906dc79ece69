package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.OfferedKey;
import dev.sallyport.support.keys.Forged;
import dev.sallyport.support.keys.TestKeys;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates that {@code ssh-keygen -s} made, with the stock client. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CertificatesTest {
  @TempDir static Path directory;
  private static TestBastion bastion;
  private static Path authority;

  @BeforeAll
  static void start() throws IOException {
    authority = OpenSsh.makeKey(directory.resolve("ca"), "-t", "ed25519");
    Path etc =
        Files.createDirectory(
            directory.resolve("etc"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.copy(Path.of(authority + ".pub"), etc.resolve("ca.pub"));
    Files.writeString(etc.resolve("fido.pub"), TestKeys.line(Forged.fidoAuthority()) + "\n");
    revoke("serial: 1");
    bastion =
        TestBastion.start(
            directory,
            "audit.strangers-per-minute = 1000",
            "auth.recheck = \"1 s\"",
            """
            auth.plugins += {
              type = certificates
              authorities = [
                { file = "%1$s/etc/ca.pub", principals = [alice, oncall] }
                { file = "%1$s/etc/fido.pub", principals = ["*"] }
              ]
              revoked = ["%1$s/etc/revoked.krl"]
            }
            """
                .formatted(directory));
  }

  @AfterAll
  static void stop() {
    bastion.close();
  }

  private static void revoke(String line) throws IOException {
    Path specification = Files.writeString(directory.resolve("krl.txt"), line + "\n");
    Path made = directory.resolve("krl.new");
    assertThat(
            Command.run(
                    List.of(
                        "ssh-keygen",
                        "-q",
                        "-k",
                        "-s",
                        authority + ".pub",
                        "-f",
                        made.toString(),
                        specification.toString()))
                .exit())
        .isZero();
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
    Files.move(made, directory.resolve("etc/revoked.krl"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** A fresh key with a certificate. */
  private static Path certified(String type, String... options) throws IOException {
    Path key = Files.createTempDirectory(directory, "key").resolve("key");
    List<String> make = new ArrayList<>(List.of(type.split(" ")));
    make.add(0, "-t");
    OpenSsh.makeKey(key, make.toArray(String[]::new));
    List<String> sign = new ArrayList<>(List.of("ssh-keygen", "-q", "-s", authority.toString()));
    sign.addAll(List.of(options));
    sign.add(key + ".pub");
    Command.Ended signed = Command.run(sign);
    assertThat(signed.exit()).as(signed.errors()).isZero();
    return key;
  }

  private static Command.Ended login(Path key, String... arguments) {
    List<String> words =
        new ArrayList<>(
            List.of("-i", key.toString(), "-o", "CertificateFile=" + key + "-cert.pub"));
    words.addAll(List.of(arguments));
    return bastion.ssh().ssh(words.toArray(String[]::new));
  }

  private static String[] as(String user) {
    return new String[] {"-p", Integer.toString(bastion.port()), user + "@127.0.0.1"};
  }

  private static String fingerprint(Path file) {
    return Command.run(List.of("ssh-keygen", "-l", "-f", file.toString())).output().split(" ")[1];
  }

  @ParameterizedTest
  @CsvSource({
    "ed25519, ssh-ed25519-cert-v01@openssh.com",
    "ecdsa -b 256, ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ecdsa -b 384, ecdsa-sha2-nistp384-cert-v01@openssh.com",
    "ecdsa -b 521, ecdsa-sha2-nistp521-cert-v01@openssh.com",
    "rsa -b 2048, rsa-sha2-512-cert-v01@openssh.com",
    "rsa -b 2048, rsa-sha2-256-cert-v01@openssh.com",
  })
  void letsInEveryTypeOfCertificate(String type, String algorithm) throws IOException {
    Path key = certified(type, "-I", "id", "-n", "alice");
    Command.Ended ended =
        login(
            key,
            "-o",
            // Without the plain key's, the client does not take the private key either.
            "PubkeyAcceptedAlgorithms=" + algorithm + "," + algorithm.replaceAll("-cert.*", ""),
            "-p",
            Integer.toString(bastion.port()),
            "alice@127.0.0.1");
    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertThat(ended.output()).startsWith("You are alice");
  }

  @Test
  void theLogNamesTheKeyTheAuthorityTheKeyIdAndTheSerialNumber() throws IOException {
    Path key =
        certified(
            "ed25519",
            "-I",
            "alice's \u001b[31mlaptop",
            "-n",
            "oncall",
            "-z",
            "18446744073709551614");
    assertThat(login(key, as("oncall")).exit()).isZero();
    AuditReader.Event login =
        bastion.audit().await("authentication-succeeded", event -> event.user().equals("oncall"));
    assertThat(login.json().at("/unmapped/key_type").asString())
        .isEqualTo("ssh-ed25519-cert-v01@openssh.com");
    assertThat(login.json().at("/unmapped/key_fingerprint").asString())
        .isEqualTo(fingerprint(Path.of(key + "-cert.pub")));
    assertThat(login.json().at("/unmapped/plugin").asString()).isEqualTo("certificates");
    assertThat(login.json().at("/certificate/issuer").asString())
        .isEqualTo(fingerprint(Path.of(authority + ".pub")));
    assertThat(login.json().at("/certificate/serial_number").asString())
        .isEqualTo("18446744073709551614");
    assertThat(login.json().at("/certificate/subject").asString())
        .isEqualTo("alice's \u001b[31mlaptop");
    try (Stream<Path> logs = Files.list(TestBastion.auditDirectory(directory))) {
      for (Path log : logs.filter(file -> file.toString().endsWith(".jsonl")).toList()) {
        assertThat(Files.readString(log)).doesNotContain("\u001b");
      }
    }
  }

  /** Stock ssh offers the plain key too, in an order of its own. */
  @Test
  void aLoginIsOneLineOfTheLogWhateverElseTheClientOffers() throws IOException {
    Path key = certified("ed25519", "-I", "one-line", "-n", "alice");
    assertThat(login(key, as("alice")).exit()).isZero();
    AuditReader.Event login =
        bastion
            .audit()
            .await(
                "authentication-succeeded",
                event -> event.json().at("/certificate/subject").asString("").equals("one-line"));
    bastion
        .audit()
        .await("connection-closed", event -> event.connection().equals(login.connection()));
    assertThat(
            bastion.audit().ofConnection(login.connection()).stream().map(AuditReader.Event::code))
        .containsExactly("connection-opened", "authentication-succeeded", "connection-closed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-n alice -V 20200101Z:20200201Z | the certificate has expired at 2020-02-01T00:00:00Z",
        "-n alice -V 20990101Z:20990201Z | the certificate is not valid yet; it begins at 2099-",
        "-n bob                          | the certificate names no principal that is this user",
        "-n alice -O critical:only-on-mondays=x | that is not known here: only-on-mondays",
        "-n alice -O source-address=203.0.113.0/24 | 127.0.0.1",
        "-n alice -z 1                   | the certificate with serial number 1 is revoked",
      })
  void aCertificateThatDoesNotCountIsRefusedAndTheAuditorReadsWhy(String options, String reason)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("-I", "refused"));
    all.addAll(List.of(options.split(" ")));
    Path key = certified("ed25519", all.toArray(String[]::new));
    String fingerprint = fingerprint(Path.of(key + ".pub"));
    assertThat(login(key, as("alice")).exit()).isEqualTo(255);
    assertThat(
            bastion
                .audit()
                .await(
                    "authentication-failed",
                    event ->
                        event.detail().contains(reason)
                            && event
                                .json()
                                .at("/unmapped/key_fingerprint")
                                .asString()
                                .equals(fingerprint))
                .json()
                .at("/unmapped/plugin")
                .asString())
        .isEqualTo("certificates");
  }

  @Test
  void anAuthoritySpeaksForNoOtherPrincipal() throws IOException {
    Path key = certified("ed25519", "-I", "id", "-n", "mallory");
    assertThat(login(key, as("mallory")).exit()).isEqualTo(255);
    assertThat(
            bastion
                .audit()
                .await(
                    "authentication-failed",
                    event -> event.detail().contains("authority may not speak for"))
                .user())
        .isEqualTo("mallory");
  }

  @Test
  void aRevokedCertificateDoesNotGetInAgain() throws IOException {
    Path key = certified("ed25519", "-I", "soon-revoked", "-n", "alice", "-z", "77");
    assertThat(login(key, as("alice")).exit()).isZero();
    revoke("serial: 77");
    try {
      assertThat(login(key, as("alice")).exit()).isEqualTo(255);
    } finally {
      revoke("serial: 1");
    }
    assertThat(login(key, as("alice")).exit()).isZero();
  }

  @Test
  void aCertificateThatIsRevokedEndsItsLiveConnections() throws Exception {
    Path key = certified("ed25519", "-I", "revoked-while-used", "-n", "alice", "-z", "78");
    bastion
        .ssh()
        .host(
            "certified",
            "HostName 127.0.0.1",
            "Port " + bastion.port(),
            "User alice",
            "IdentityFile " + key,
            "CertificateFile " + key + "-cert.pub");
    try (TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.openAs(bastion.ssh(), "certified", echo.address());
        Socket open = tunnel.connect()) {
      open.getOutputStream().write('x');
      assertThat(open.getInputStream().read()).isEqualTo('x');

      revoke("serial: 78");

      assertThat(open.getInputStream().read()).isEqualTo(-1);
      assertThat(tunnel.ssh().await().errors()).contains("is no longer accepted");
      assertThat(
              bastion
                  .audit()
                  .await("connection-revoked", event -> event.detail().contains("serial number 78"))
                  .user())
          .isEqualTo("alice");
    } finally {
      revoke("serial: 1");
    }
  }

  @Test
  void aForwardIsRefusedInASentenceWhereTheCertificateDoesNotPermitIt() throws IOException {
    Path key = certified("ed25519", "-I", "id", "-n", "alice", "-O", "no-port-forwarding");
    try (TcpTarget target = TcpTarget.echoes()) {
      Command.Ended ended =
          login(
              key,
              "-W",
              target.address(),
              "-p",
              Integer.toString(bastion.port()),
              "alice@127.0.0.1");
      assertThat(ended.exit()).isEqualTo(255);
      assertThat(ended.errors())
          .contains("administratively prohibited: ")
          .contains("may not open forwards");
    }
  }

  @Test
  void anAuthorityMayBeAFidoKey() throws Exception {
    Path key = OpenSsh.makeKey(directory.resolve("certified-by-fido"), "-t", "ed25519");
    byte[] blob = Base64.getDecoder().decode(Files.readString(Path.of(key + ".pub")).split(" ")[1]);
    OfferedKey certificate = Forged.byFidoAuthority(new OfferedKey(blob));
    Files.writeString(Path.of(key + "-cert.pub"), TestKeys.line(certificate) + " forged\n");
    login(key, as("alice"));
    assertThat(
            bastion
                .audit()
                .await(
                    "authentication-succeeded",
                    event -> event.json().at("/certificate/subject").asString("").equals("forged"))
                .json()
                .at("/certificate/issuer")
                .asString())
        .isEqualTo(Forged.fidoAuthority().fingerprint());
  }

  /** The library itself refuses every certificate with force-command. */
  @Test
  void aForcedCommandIsNoReasonToRefuse() throws IOException {
    Path key =
        certified("ed25519", "-I", "id", "-n", "alice", "-O", "force-command=ssh x@10.0.0.1");
    login(key, as("alice"));
    assertThat(
            bastion
                .audit()
                .await(
                    "authentication-succeeded",
                    event ->
                        event
                            .json()
                            .at("/unmapped/key_fingerprint")
                            .asString()
                            .equals(fingerprint(Path.of(key + ".pub"))))
                .user())
        .isEqualTo("alice");
  }
}
