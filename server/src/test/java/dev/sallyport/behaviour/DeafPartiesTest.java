package dev.sallyport.behaviour;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;
import org.apache.sshd.server.channel.ChannelDataReceiver;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.command.CommandFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who reads nothing of its connection, and talks on so that it is not taken for dead, keeps no
 * session and no record open.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DeafPartiesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** More than the kernel keeps of two connections. */
  private static final long MUCH = 256L << 20;

  @TempDir Path directory;
  private final CountDownLatch over = new CountDownLatch(1);
  private final SshServer target = SshServer.setUpDefaultServer();
  private final SshClient library = SshClient.setUpDefaultClient();

  @AfterEach
  void stop() throws IOException {
    over.countDown();
    library.stop();
    target.stop(true);
  }

  // ---- parties ----

  /** A target that does this with a command; it lets everybody in. */
  private void startTarget(CommandFactory commands) throws Exception {
    target.setHost("127.0.0.1");
    target.setKeyPairProvider(
        KeyPairProvider.wrap(KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256)));
    target.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
    target.setCommandFactory(commands);
    CoreModuleProperties.WINDOW_SIZE.set(target, MUCH);
    target.start();
    OpenSsh.makeKey(directory.resolve("private"), "-t", "ed25519");
  }

  /** Nothing happens. */
  private static final class Idle implements Command {
    @Override
    public void setInputStream(InputStream in) {}

    @Override
    public void setOutputStream(OutputStream out) {}

    @Override
    public void setErrorStream(OutputStream err) {}

    @Override
    public void setExitCallback(ExitCallback callback) {}

    @Override
    public void start(ChannelSession channel, Environment environment) {}

    @Override
    public void destroy(ChannelSession channel) {}
  }

  private void talkOn(Session session) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (!over.await(1, TimeUnit.SECONDS)) {
              session.sendIgnoreMessage(new byte[8]);
            }
          } catch (IOException | InterruptedException ended) {
            // There is nobody to talk to any more.
          }
        });
  }

  /** With the first byte of data it reads no more. */
  private Command goDeaf(ChannelSession channel) {
    channel.setDataReceiver(
        new ChannelDataReceiver() {
          @Override
          public int data(ChannelSession unused, byte[] bytes, int start, int length) {
            try {
              over.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return length;
          }

          @Override
          public void close() {}
        });
    talkOn(channel.getSession());
    return new Idle();
  }

  private static String rule(String user, int port, Path key) {
    return """
    { name = rule-%1$d, users = [%2$s], to = ["127.0.0.1:%1$d"], record = session
      logins = ["*"], credential = "%3$s" }
    """
        .formatted(port, user, key.getFileName());
  }

  private static String[] settings(List<Path> keys, String... rules) {
    StringBuilder credentials = new StringBuilder("credentials {\n");
    for (Path key : keys) {
      credentials.append(
          "\"%s\" { type = key, file = \"%s\" }\n".formatted(key.getFileName(), key));
    }
    return new String[] {
      credentials.append("}").toString(),
      "recording.reserve = \"0 B\"",
      "rules = [\n" + String.join("", rules) + "]"
    };
  }

  // ---- targets ----

  private String[] settings(String user) {
    Path key = directory.resolve("private");
    return settings(List.of(key), rule(user, target.getPort(), key));
  }

  private static AtomicLong sendForEver(OutputStream input) {
    AtomicLong sent = new AtomicLong();
    Thread.ofVirtual()
        .start(() -> {
          byte[] some = new byte[32 * 1024];
          try {
            while (true) {
              input.write(some);
              sent.addAndGet(some.length);
            }
          } catch (IOException ended) {
            // As it should.
          }
        });
    return sent;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTargetThatDoesNotReadKeepsNoSession(boolean revoked) throws Exception {
    startTarget((channel, command) -> goDeaf(channel));
    try (TestBastion bastion = TestBastion.start(directory, settings("alice"));
        var ssh =
            bastion.ssh().start("bastion", "ssh -p " + target.getPort() + " root@127.0.0.1 cat")) {
      bastion.audit().await("session-opened");
      Quiet.await("the sending", sendForEver(ssh.input())::get);

      if (revoked) {
        bastion.reload(settings("mallory"));
      } else {
        ssh.signal("KILL");
      }

      assertThat(bastion.audit().await("session-closed").detail())
          .isEqualTo(
              revoked
                  ? "127.0.0.1:" + target.getPort() + " is in no rule for alice"
                  : "the client closed it");
      bastion.audit().await("recording-finalised");
      if (revoked) {
        // The client reads, and is told.
        assertThat(ssh.await().errors()).contains("is in no rule for alice; the session has ended");
      }
    }
  }

  @Test
  void aTargetThatLeavesBeforeItAnswersHadASessionWhichIsToldOnce() throws Exception {
    startTarget((channel, command) -> {
      channel.getSession().close(true);
      return new Idle();
    });
    try (TestBastion bastion = TestBastion.start(directory, settings("alice"))) {
      var ended =
          bastion.ssh().ssh("bastion", "ssh -p " + target.getPort() + " root@127.0.0.1 true");

      String lost = "the connection to 127.0.0.1:" + target.getPort() + " has ended: ";
      assertThat(ended.errors()).contains("sallyport: " + lost);
      assertThat(ended.exit()).isEqualTo(255);
      assertThat(bastion.audit().await("session-closed").detail()).startsWith(lost);
      assertThat(bastion.audit().events("session-opened")).hasSize(1);
      assertThat(bastion.audit().events("session-failed")).isEmpty();
    }
  }

  /** As {@code ssh.MessageRate} has them. */
  private static final int FREE_REQUESTS = 512;

  private static final long NANOS_A_REQUEST = 10_000_000;

  private Command askForEver(Session session, CompletableFuture<Long> took) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            long begin = System.nanoTime();
            for (int i = 0; i < FREE_REQUESTS + 100; i++) {
              Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
              request.putString("keepalive@openssh.com");
              request.putBoolean(true);
              session.request("keepalive@openssh.com", request, PATIENCE);
            }
            took.complete(System.nanoTime() - begin);
          } catch (IOException e) {
            took.completeExceptionally(e);
          }
        });
    return new Idle();
  }

  @Test
  void aTargetThatAsksWithoutEndIsAnsweredInTurns() throws Exception {
    CompletableFuture<Long> took = new CompletableFuture<>();
    startTarget((channel, command) -> askForEver(channel.getSession(), took));
    try (TestBastion bastion = TestBastion.start(directory, settings("alice"));
        var _ =
            bastion.ssh().start("bastion", "ssh -p " + target.getPort() + " root@127.0.0.1 x")) {
      assertThat(took.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isGreaterThanOrEqualTo(100 * NANOS_A_REQUEST);
    }
  }

  // ---- clients ----

  private ClientSession logIn(int port) throws Exception {
    library.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    library.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    CoreModuleProperties.WINDOW_SIZE.set(library, MUCH);
    library.start();
    ClientSession session =
        library.connect("alice", "127.0.0.1", port).verify(PATIENCE).getSession();
    Path file = directory.resolve("alice");
    KeyPair key;
    try (InputStream in = Files.newInputStream(file)) {
      key =
          SecurityUtils.loadKeyPairIdentities(session, NamedResource.ofName("alice"), in, null)
              .iterator()
              .next();
    }
    session.addPublicKeyIdentity(key);
    session.auth().verify(PATIENCE);
    return session;
  }

  /** Each is recorded, and then answered, which waits for the client. */
  private void resizeAgainAndAgain(ChannelExec channel) {
    Session session = channel.getSession();
    Thread.ofVirtual()
        .start(() -> {
          try {
            for (int columns = 20; !over.await(50, TimeUnit.MILLISECONDS); columns++) {
              Buffer resize = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST);
              resize.putUInt(channel.getRecipient());
              resize.putString("window-change");
              resize.putBoolean(true);
              resize.putUInt(columns);
              for (int i = 0; i < 3; i++) {
                resize.putUInt(20);
              }
              session.writePacket(resize);
            }
          } catch (IOException | InterruptedException ended) {
            // As it should.
          }
        });
  }

  /** Bytes of the recordings of terminals. */
  private long casts() {
    try (Stream<Path> files = Files.walk(directory.resolve("state/recordings"))) {
      return files
          .filter(file -> file.toString().endsWith(".cast"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One session fills the connection; of another, which is revoked, an answer is on its way. */
  @Test
  void aClientThatDoesNotReadItsAnswersKeepsNoSession() throws Exception {
    AtomicLong read = new AtomicLong();
    try (OpenSshd idle = new OpenSshd(directory.resolve("idle"));
        OpenSshd busy = new OpenSshd(directory.resolve("busy"))) {
      Path idleKey = Files.copy(idle.identity(), directory.resolve("to-idle"), COPY_ATTRIBUTES);
      Path busyKey = Files.copy(busy.identity(), directory.resolve("to-busy"), COPY_ATTRIBUTES);
      List<Path> keys = List.of(idleKey, busyKey);
      String toBusy = rule("alice", busy.port(), busyKey);
      try (TestBastion bastion =
              TestBastion.start(
                  directory, settings(keys, rule("alice", idle.port(), idleKey), toBusy));
          ClientSession session = logIn(bastion.port())) {
        ChannelExec one =
            session.createExecChannel(
                "ssh -tt -p %d %s@127.0.0.1 cat".formatted(idle.port(), idle.user()));
        one.open().verify(PATIENCE);
        bastion.audit().await("session-opened");
        ChannelExec other =
            session.createExecChannel(
                "ssh -p %d %s@127.0.0.1 cat /dev/zero".formatted(busy.port(), busy.user()));
        other.setOut(
            new OutputStream() {
              @Override
              public void write(int b) {
                read.incrementAndGet();
              }

              @Override
              public void write(byte[] bytes, int offset, int length) {
                read.addAndGet(length);
              }
            });
        other.open().verify(PATIENCE);
        Condition.await("both run", () -> read.get() > 0);
        session.getIoSession().suspendRead();
        talkOn(session);
        resizeAgainAndAgain(one);
        Condition.await("something is recorded", () -> casts() > 0);
        Quiet.await("the recording of what is asked", this::casts);

        bastion.reload(settings(keys, toBusy));

        assertThat(
                bastion
                    .audit()
                    .await("session-closed", event -> event.rule().equals("rule-" + idle.port()))
                    .detail())
            .isEqualTo("127.0.0.1:" + idle.port() + " is in no rule for alice");
      }
    }
  }
}
