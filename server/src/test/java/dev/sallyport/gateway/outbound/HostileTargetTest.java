package dev.sallyport.gateway.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sallyport.audit.Condition;
import dev.sallyport.gateway.outbound.Login.How;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.agent.local.AgentImpl;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Targets that do what no target should: each ends in a sentence, within the time there is. */
final class HostileTargetTest {
  /** Over in five seconds, which is long enough for a login. */
  private static final TargetTimes SHORT =
      new TargetTimes(Duration.ofSeconds(5), Duration.ofSeconds(1), 3, Duration.ofSeconds(5));

  @TempDir Path directory;
  private Path web;

  @BeforeEach
  void makeKey() {
    web = TestSshd.makeKey(directory.resolve("web"), "-t", "ed25519");
  }

  private Login login(TargetTimes times) throws IOException {
    return new Login(
        directory.resolve("state"),
        TargetSettings.DEFAULT,
        new CredentialSource.Key(web, Optional.empty()),
        times);
  }

  /** What a target does with a connection. */
  interface Behaviour {
    void with(Socket socket) throws IOException;
  }

  private String sentence(Behaviour behaviour) throws Exception {
    try (ServerSocket server = new ServerSocket();
        Login login = login(SHORT)) {
      server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      Thread.ofVirtual()
          .start(() -> {
            try {
              behaviour.with(server.accept());
            } catch (IOException over) {
              // The bastion has gone, as it should.
            }
          });
      TargetException refused =
          assertThrows(TargetException.class, () -> login.logIn(server.getLocalPort()));
      String sentence = String.valueOf(refused.getMessage());
      assertThat(sentence).matches("[ -~]{1,500}");
      return sentence.replace(":" + server.getLocalPort(), ":PORT");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void aTargetThatIsSilent() throws Exception {
    assertThat(sentence(socket -> {}))
        .isEqualTo(
            "127.0.0.1:PORT did not answer within 5 s: it accepts connections and sends nothing");
  }

  @Test
  void aTargetThatCloses() throws Exception {
    assertThat(sentence(Socket::close))
        .isEqualTo(
            "127.0.0.1:PORT closed the connection before it sent an SSH identification: its sshd is"
                + " at MaxStartups, or it does not speak SSH");
  }

  /** As sshd does with a source that has a penalty (srclimit.c). */
  @Test
  void aTargetThatSaysWhyItCloses() throws Exception {
    assertThat(
            sentence(socket -> {
              socket.getOutputStream().write(bytes("Not allowed at this time\r\n"));
              socket.shutdownOutput();
              socket.getInputStream().readAllBytes();
            }))
        .isEqualTo(
            "127.0.0.1:PORT closed the connection before it sent an SSH identification, and said"
                + " \"Not allowed at this time\": its sshd has the bastion's address in"
                + " PerSourcePenalties");
  }

  @Test
  void aTargetThatTalksGarbage() throws Exception {
    assertThat(
            sentence(socket -> {
              OutputStream out = socket.getOutputStream();
              byte[] garbage = bytes("\u001b[2J\u0000\u00ff HTTP/1.1 400 Bad Request\r\n");
              for (int i = 0; i < 10_000; i++) {
                out.write(garbage);
              }
              socket.close();
            }))
        .startsWith("127.0.0.1:PORT ")
        .containsAnyOf("does not speak SSH: ", "before it sent an SSH identification");
  }

  /** The library would compute with it for minutes. */
  @Test
  void aTargetWhoseKeyIsTooCostly() throws Exception {
    assertThat(
            sentence(socket -> {
              DataInputStream in = new DataInputStream(socket.getInputStream());
              socket.getOutputStream().write(bytes("SSH-2.0-x\r\n"));
              socket.getOutputStream().write(packet(proposal()));
              for (int c = in.read(); c != '\n'; c = in.read()) {
                // The bastion says what it is.
              }
              in.readNBytes(in.readInt()); // it proposes
              in.readNBytes(in.readInt()); // its part of the exchange
              socket.getOutputStream().write(packet(answerWithDsaKey()));
              in.transferTo(OutputStream.nullOutputStream());
            }))
        .isEqualTo(
            "127.0.0.1:PORT broke the SSH protocol: a public key of a type that the bastion does"
                + " not speak");
  }

  private static byte[] proposal() {
    ByteArrayBuffer message = new ByteArrayBuffer();
    message.putByte(SshConstants.SSH_MSG_KEXINIT);
    message.putRawBytes(new byte[16]);
    message.putString("curve25519-sha256");
    message.putString("ssh-ed25519");
    for (int i = 0; i < 2; i++) {
      message.putString("aes128-gcm@openssh.com");
    }
    for (int i = 0; i < 2; i++) {
      message.putString("hmac-sha2-256-etm@openssh.com");
    }
    for (int i = 0; i < 2; i++) {
      message.putString("none");
    }
    message.putString("");
    message.putString("");
    message.putRawBytes(new byte[5]);
    return message.getCompactData();
  }

  private static byte[] answerWithDsaKey() {
    BigInteger prime = BigInteger.ONE.shiftLeft(64_000).subtract(BigInteger.ONE);
    ByteArrayBuffer key = new ByteArrayBuffer();
    key.putString("ssh-dss");
    key.putMPInt(prime);
    key.putMPInt(prime.shiftRight(1));
    key.putMPInt(BigInteger.TWO);
    key.putMPInt(prime.shiftRight(2));
    byte[] point = new byte[32];
    point[0] = 9;
    ByteArrayBuffer message = new ByteArrayBuffer();
    message.putByte(SshConstants.SSH_MSG_KEXDH_REPLY);
    message.putBytes(key.getCompactData());
    message.putBytes(point);
    message.putBytes(new byte[64]);
    return message.getCompactData();
  }

  /** RFC 4253, section 6, before there are keys. */
  private static byte[] packet(byte[] payload) {
    int padding = 8 - (5 + payload.length) % 8 + 8;
    return ByteBuffer.allocate(5 + payload.length + padding)
        .putInt(1 + payload.length + padding)
        .put((byte) padding)
        .put(payload)
        .array();
  }

  /** A lower bound: eight are free, then one in 500 ms. */
  @Test
  void aTargetThatAsksForNewKeysWithoutEndWaits() throws Exception {
    try (SshServer server = SshServer.setUpDefaultServer();
        Login login = login(TargetTimes.DEFAULT)) {
      CompletableFuture<Session> loggedIn = new CompletableFuture<>();
      server.setHost("127.0.0.1");
      server.setKeyPairProvider(
          new SimpleGeneratorHostKeyProvider(directory.resolve("target-host-key")));
      server.setPublickeyAuthenticator((name, key, session) -> true);
      server.addSessionListener(
          new SessionListener() {
            @Override
            public void sessionEvent(Session session, Event event) {
              if (event == Event.Authenticated) {
                loggedIn.complete(session);
              }
            }
          });
      server.start();
      TargetConnection connection = login.logIn(server.getPort());
      long before = login.computing().computed();
      long begin = System.nanoTime();
      for (int i = 0; i < 12; i++) {
        Session session = loggedIn.get();
        session.reExchangeKeys().verify(Duration.ofSeconds(60));
        Condition.await("keys are exchanged", () -> session.getKexState() == KexState.DONE);
      }
      assertThat((System.nanoTime() - begin) / 1e9).isGreaterThan(1.4);
      // Our part, what theirs comes to, and whether the key is the same.
      assertThat(login.computing().computed() - before).isLessThanOrEqualTo(12 * 3);
      connection.close();
    }
  }

  @Test
  void aTargetThatSpeaksHalfTheProtocolAndThenGarbage() throws Exception {
    assertThat(
            sentence(socket -> {
              socket.getOutputStream().write(bytes("SSH-2.0-x\r\n" + "\u00ff".repeat(200_000)));
              socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            }))
        .startsWith("127.0.0.1:PORT broke the SSH protocol: ");
  }

  @Test
  void aTargetThatFloods() throws Exception {
    ByteArrayOutputStream ignored = new ByteArrayOutputStream();
    // SSH_MSG_IGNORE with nothing in it, unencrypted (RFC 4253, sections 6 and 11.2).
    ignored.writeBytes(new byte[] {0, 0, 0, 12, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    assertThat(
            sentence(socket -> {
              OutputStream out = socket.getOutputStream();
              out.write(bytes("SSH-2.0-x\r\n"));
              while (true) {
                out.write(ignored.toByteArray());
              }
            }))
        .startsWith("127.0.0.1:PORT ");
  }

  @Test
  void aTargetThatSaysWhyItEndsTheConnection() throws Exception {
    assertThat(
            sentence(socket -> {
              OutputStream out = socket.getOutputStream();
              out.write(bytes("SSH-2.0-x\r\n"));
              byte[] words = bytes("go \u001b[31maway\n");
              ByteArrayOutputStream packet = new ByteArrayOutputStream();
              int length = 1 + 1 + 4 + 4 + words.length + 4;
              int padding = 8 - (4 + length) % 8 + 8;
              packet.writeBytes(new byte[] {0, 0, 0, (byte) (length + padding)});
              packet.write(padding);
              packet.writeBytes(new byte[] {1, 0, 0, 0, 12, 0, 0, 0, (byte) words.length});
              packet.writeBytes(words);
              packet.writeBytes(new byte[4 + padding]);
              out.write(packet.toByteArray());
              socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            }))
        .isEqualTo(
            "127.0.0.1:PORT ended the connection before it was ready: go \\u001b[31maway\\u000a");
  }

  @Test
  void aTargetWithOldAlgorithmsOnly() throws Exception {
    Path hostKey = TestSshd.makeKey(directory.resolve("host"), "-t", "ed25519");
    try (TestSshd sshd =
            new TestSshd(directory, hostKey, "KexAlgorithms diffie-hellman-group1-sha1");
        Login login = login(TargetTimes.DEFAULT)) {
      assertThatThrownBy(() -> login.logIn(sshd.port()))
          .isInstanceOf(TargetException.class)
          .hasMessageContaining("shares no algorithm with the bastion");
    }
  }

  @Test
  void aTargetOfTheYear2017() throws Exception {
    Path hostKey = TestSshd.makeKey(directory.resolve("host"), "-t", "rsa");
    try (TestSshd sshd =
            new TestSshd(
                directory,
                hostKey,
                "KexAlgorithms diffie-hellman-group14-sha256",
                "Ciphers aes128-ctr",
                "MACs hmac-sha2-256",
                "HostKeyAlgorithms rsa-sha2-256");
        Login login = login(TargetTimes.DEFAULT)) {
      sshd.authorize(TestSshd.publicLine(web));
      login.logIn(sshd.port()).close();
    }
  }

  @Test
  void anInterruptEndsTheWaiting() throws Exception {
    try (ServerSocket server = new ServerSocket();
        Login login = login(TargetTimes.DEFAULT)) {
      server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      CompletableFuture<Throwable> outcome = new CompletableFuture<>();
      Thread waiting =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  login.logIn(server.getLocalPort()).close();
                } catch (Throwable thrown) {
                  outcome.complete(thrown);
                }
              });
      try (Socket socket = server.accept()) {
        // It has begun: the bastion's version has come.
        assertThat(socket.getInputStream().read()).isEqualTo('S');
        waiting.interrupt();
        assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        socket.setSoTimeout(20_000);
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  @Test
  void anAgentThatNeverAnswersEndsTheLogin() throws Exception {
    Path hostKey = TestSshd.makeKey(directory.resolve("host"), "-t", "ed25519");
    CompletableFuture<Void> closed = new CompletableFuture<>();
    AgentImpl agent =
        new AgentImpl() {
          @Override
          public Map.Entry<String, byte[]> sign(
              SessionContext session, PublicKey key, String algorithm, byte[] data)
              throws IOException {
            closed.join();
            throw new IOException("closed");
          }

          @Override
          public void close() throws IOException {
            super.close();
            closed.complete(null);
          }
        };
    agent.addIdentity(KeyUtils.generateKeyPair("ssh-ed25519", 256), "");
    try (TestSshd sshd = new TestSshd(directory, hostKey);
        Login login =
            new Login(
                directory.resolve("state"),
                TargetSettings.DEFAULT,
                new CredentialSource.Agent(),
                SHORT)) {
      sshd.authorize(PublicKeyEntry.toString(agent.getIdentities().iterator().next().getKey()));
      assertThatThrownBy(() -> login.logIn(How.to(sshd.port()).with(agent)))
          .isInstanceOf(TargetException.class)
          .hasMessage(
              "your forwarded agent did not answer within 5 s: check whether it waits for your"
                  + " confirmation");
      assertThat(closed).isDone();
    }
  }

  @Test
  void aTargetThatHangsAfterTheLoginEndsTheConnection() throws Exception {
    Path hostKey = TestSshd.makeKey(directory.resolve("host"), "-t", "ed25519");
    try (TestSshd sshd = new TestSshd(directory, hostKey);
        Login login = login(SHORT)) {
      sshd.authorize(TestSshd.publicLine(web));
      TargetConnection connection = login.logIn(sshd.port());
      assertThat(connection.session().executeRemoteCommand("echo hello")).isEqualTo("hello\n");
      sshd.freeze();
      assertThat(connection.ended().get(20, TimeUnit.SECONDS))
          .endsWith(" has ended: the target did not answer 3 keep-alives");
    }
  }

  @Test
  void newKeysInTheMiddleLoseNothing() throws Exception {
    Path hostKey = TestSshd.makeKey(directory.resolve("host"), "-t", "ed25519");
    try (TestSshd sshd = new TestSshd(directory, hostKey, "RekeyLimit 1M");
        Login login = login(TargetTimes.DEFAULT)) {
      sshd.authorize(TestSshd.publicLine(web));
      try (TargetConnection connection = login.logIn(sshd.port())) {
        assertThat(
                connection
                    .session()
                    .executeRemoteCommand("head -c 8000000 /dev/zero | tr '\\0' x")
                    .length())
            .isEqualTo(8_000_000);
      }
    }
  }

  @Test
  void tellsWhyAConnectionEnded() throws Exception {
    Path hostKey = TestSshd.makeKey(directory.resolve("host"), "-t", "ed25519");
    try (Login login = login(TargetTimes.DEFAULT)) {
      TargetConnection killed;
      try (TestSshd sshd = new TestSshd(directory, hostKey)) {
        sshd.authorize(TestSshd.publicLine(web));
        TargetConnection closed = login.logIn(sshd.port());
        closed.close();
        assertThat(closed.ended().get(20, TimeUnit.SECONDS))
            .endsWith(" has ended: the bastion closed the connection");
        killed = login.logIn(sshd.port());
      }
      assertThat(killed.ended().get(20, TimeUnit.SECONDS)).contains("the connection");
    }
  }
}
