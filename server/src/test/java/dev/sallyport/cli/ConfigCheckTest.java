package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sallyport.Main;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.operations.StrictModes;
import dev.sallyport.policy.SystemResolver;
import dev.sallyport.ssh.KeyFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code sallyport config check} passes, a server can start with. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConfigCheckTest {
  private static final int SOMEBODY = 4711;

  @TempDir Path folder;
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void make() throws Exception {
    Files.createDirectory(folder.resolve("keys"));
    Files.createDirectory(folder.resolve("state"));
    Files.setPosixFilePermissions(
        folder.resolve("state"), PosixFilePermissions.fromString("rwx------"));
    privateFile("some.key", "no key");
    Files.writeString(folder.resolve("empty.pub"), "# nothing\n");
    Files.writeString(folder.resolve("known_hosts"), "10.0.0.1 ssh-ed25519 AAAA\n");
  }

  private Path privateFile(String name, String content) throws Exception {
    Path file = Files.writeString(folder.resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  /** Exit code of a check of the least configuration with these lines. */
  private int check(String... lines) throws Exception {
    err.getBuffer().setLength(0);
    Path file =
        Files.writeString(
            folder.resolve("sallyport.conf"),
            """
            sallyport {
              listen = ["127.0.0.1:0"]
              state-dir = "DIR/state"
              private-networks = ["10.0.0.0/16"]
              auth.plugins = [ { type = authorized-keys, files = ["DIR/keys/%u"] } ]
              audit.disk-warning = 100
              LINES
            }
            """
                .replace("LINES", String.join("\n  ", lines))
                .replace("DIR", folder.toString()));
    return Main.commandLine(ConfigurationLoader.installedPlugins(), new SystemResolver())
        .setOut(new PrintWriter(new StringWriter(), true))
        .setErr(new PrintWriter(err, true))
        .execute("config", "check", "--config", file.toString());
  }

  @Test
  void passesTheLeastAndLeavesNoTrace() throws Exception {
    assertThat(check()).as("%s", err).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(folder.resolve("state")).isEmptyDirectory();
  }

  /** Each of these once passed, and the server ended at its start. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          host-keys = ["DIR/none"]                                                  | sallyport.host-keys: host key DIR/none does not exist
          host-keys = ["DIR/some.key"]                                              | sallyport.host-keys: host key DIR/some.key cannot be read
          credentials.web = { type = key, file = "DIR/none" }                       | sallyport.credentials.web: credential web DIR/none does not exist
          credentials.web = { type = key, file = "DIR/some.key" }                   | sallyport.credentials.web: credential web DIR/some.key cannot be read
          credentials.web = { type = key, file = "DIR/some.key", passphrase-file = "DIR/none" } | sallyport.credentials.web: credential web: passphrase-file DIR/none does not exist
          credentials.web = { type = key, file = "DIR/some.key", passphrase-env = NONE_X } | sallyport.credentials.web: credential web: the environment variable NONE_X of its passphrase is not set
          targets.known-hosts-files = ["DIR/none"]                                  | sallyport.targets: DIR/none is not there
          targets.known-hosts-files = ["DIR/known_hosts"]                           | sallyport.targets: DIR/known_hosts
          targets.host-cas = ["DIR/empty.pub"]                                      | sallyport.targets: DIR/empty.pub holds no public key of a host CA
          auth.banner = "DIR/none"                                                  | sallyport.auth.banner: "DIR/none" does not exist
          auth.plugin-jars = ["DIR/none.jar"]                                       | sallyport.auth.plugin-jars
          """)
  void refusesWhatAServerCannotStartWith(String line, String message) throws Exception {
    assertThat(check(line)).as("%s", err).isEqualTo(Exit.CONFIGURATION);
    assertThat(err.toString())
        .contains(message.replace("DIR", folder.toString()))
        .startsWith(folder.resolve("sallyport.conf").toString());
  }

  /** Everything at once, not one thing a run. */
  @Test
  void namesAllThatIsWrong() throws Exception {
    assertThat(
            check(
                "host-keys = [\"DIR/none\", \"DIR/some.key\"]",
                "credentials.web = { type = key, file = \"DIR/none\" }",
                "targets.host-cas = [\"DIR/empty.pub\"]"))
        .isEqualTo(Exit.CONFIGURATION);
    assertThat(err.toString().lines()).hasSize(4);
  }

  @Test
  void refusesAPortThatAnotherProgramHas() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      assertThat(check(listen(other))).isEqualTo(Exit.CONFIGURATION);
      assertThat(err.toString())
          .contains(
              "sallyport.listen: cannot listen on 127.0.0.1:%d: another program listens there"
                  .formatted(other.getLocalPort()));
    }
  }

  private static String listen(ServerSocket socket) {
    return "listen += \"127.0.0.1:" + socket.getLocalPort() + "\"";
  }

  @Test
  void passesAPortThatARunningSallyportHas() throws Exception {
    try (ServerSocket running = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread answering = answer(running, "SSH-2.0-OpenSSH_compatible_Sallyport");
      assertThat(check(listen(running))).as("%s", err).isZero();
      answering.join();
    }
  }

  /** It may turn this machine away for now; another SSH server says what it is. */
  @Test
  void aRunningServerNeedNotIdentifyItself() throws Exception {
    Path spool = Files.createDirectories(folder.resolve("state/audit/spool"));
    try (ServerSocket running = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        FileChannel lock =
            FileChannel.open(
                spool.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = lock.lock()) {
      Thread refusing = answer(running, "Not allowed at this time, and something more");
      assertThat(check(listen(running))).as("%s", err).isZero();
      refusing.join();
      Thread other = answer(running, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3, and more");
      assertThat(check(listen(running))).isEqualTo(Exit.CONFIGURATION);
      other.join();
    }
  }

  private static Thread answer(ServerSocket socket, String line) {
    return Thread.ofVirtual().start(() -> identify(socket, line));
  }

  private static void identify(ServerSocket socket, String line) {
    try (Socket client = socket.accept();
        OutputStream out = client.getOutputStream()) {
      out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void warnsOfEachUsersFileThatLetsNobodyIn() throws Exception {
    Files.writeString(folder.resolve("keys/alice"), "");
    Files.setPosixFilePermissions(
        Files.writeString(folder.resolve("keys/bob"), ""),
        PosixFilePermissions.fromString("rw-rw-rw-"));
    Files.writeString(folder.resolve("keys/carol"), "ssh-ed25519 AAAA\n");
    assertThat(check()).as("%s", err).isZero();
    assertThat(err.toString().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("warning: "))
        .anyMatch(line -> line.contains("keys/bob") && line.contains("chmod go-w"))
        .anyMatch(line -> line.contains("keys/carol"));
  }

  private static final String KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILQgwBqCha9pDsRoCSgOVTIBcq4c6b8D/Cxm1tg9zOHy bob\n";

  @Test
  void warnsOfARuleThatAnEarlierOneShadows() throws Exception {
    assertThat(
            check(
                "auth.fido-second-factor = touch",
                "groups { ops = [bob] }",
                "rules = [",
                "{ name = ssh, groups = [ops], to = [\"10.0.0.0/16:22\"] }",
                "{ name = production, users = [bob], to = [\"10.0.9.0/24:22\"], mfa = true }",
                "]"))
        .as("%s", err)
        .isZero();
    assertThat(err.toString())
        .contains(
            ":11: sallyport.rules[1].name: \"production\" never decides, because \"ssh\" above it"
                + " matches every request that it matches: move it up, or remove it");
  }

  @Test
  void warnsOfUsersWithoutAKeyAndOfUsersInNoRule() throws Exception {
    Files.writeString(folder.resolve("keys/bob"), KEY);
    Files.writeString(folder.resolve("keys/dave"), KEY);
    Files.writeString(folder.resolve("keys/empty"), "");
    assertThat(
            check(
                "groups { ops = [bob, carol] }",
                "rules = [ { name = ssh, groups = [ops], to = [\"10.0.0.0/16:22\"] } ]"))
        .as("%s", err)
        .isZero();
    assertThat(err.toString().lines())
        .hasSize(2)
        .anyMatch(line -> line.contains("have no key, so they cannot log in: carol;"))
        .anyMatch(line -> line.contains("reach nothing, because no rule is for them: dave;"));
  }

  @Test
  void warnsOfPrivateNetworksThatHoldEverything() throws Exception {
    assertThat(check("private-networks += \"0.0.0.0/1\"", "private-networks += \"128.0.0.0/1\""))
        .as("%s", err)
        .isZero();
    assertThat(err.toString())
        .contains("sallyport.private-networks: holds every IPv4 address, so a rule may allow");
    assertThat(check("unsafe-networks = [\"::/0\"]")).as("%s", err).isZero();
    assertThat(err.toString())
        .contains("sallyport.unsafe-networks: holds every IPv6 address, so no built-in denial");
  }

  @Test
  void refusesAStateFolderThatIsAFile() throws Exception {
    Files.delete(folder.resolve("state"));
    privateFile("state", "");
    assertThat(check()).isEqualTo(Exit.CONFIGURATION);
    assertThat(err.toString())
        .contains("sallyport.state-dir: ", "state is not a folder: move it away");
  }

  /** A server of the unit is not root, and root's check must not pass what only root can read. */
  @Test
  void refusesAFileThatTheServersUserMayNotRead() throws Exception {
    assumeThat(StrictModes.processUser()).as("only root can give files away").isZero();
    Files.setAttribute(folder.resolve("state"), "unix:uid", SOMEBODY);
    KeyPair _ = new KeyFile("key", folder.resolve("web.pem")).readOrMake(KeyFile::ed25519);
    String credential = "credentials.web = { type = key, file = \"DIR/web.pem\" }";
    assertThat(check(credential)).isEqualTo(Exit.CONFIGURATION);
    assertThat(err.toString())
        .contains(
            "belongs to the user with number 0, and the server runs as 4711, which may not read it",
            "LoadCredential=",
            "\"${CREDENTIALS_DIRECTORY}/web.pem\"");
    Files.setAttribute(folder.resolve("web.pem"), "unix:uid", SOMEBODY);
    assertThat(check(credential)).as("%s", err).isZero();
  }

  /** Before the first start nobody knows who the server will be. */
  @Test
  void warnsOfAFileThatOnlyRootMayRead() throws Exception {
    assumeThat(StrictModes.processUser()).isZero();
    Files.delete(folder.resolve("state"));
    KeyPair _ = new KeyFile("key", folder.resolve("web.pem")).readOrMake(KeyFile::ed25519);
    assertThat(check("credentials.web = { type = key, file = \"DIR/web.pem\" }")).isZero();
    assertThat(err.toString())
        .startsWith("warning: only root may read ")
        .contains("LoadCredential=");
    assertThat(folder.resolve("state")).doesNotExist();
  }
}
