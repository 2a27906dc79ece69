package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.fail;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.kex.extension.KexExtensions;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * An SSH client that can be told to break every rule: the library does the first key exchange and
 * the encryption, and every message from then on is written and read by the test.
 */
final class RawClient implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 40;

  private static final SshClient LIBRARY = library();

  private final Session session;

  /** A message that came, read behind its number. */
  record Message(int command, Buffer body) {}

  private RawClient(Session session) {
    this.session = session;
  }

  /** Connects, and exchanges keys. */
  static RawClient connect(InetSocketAddress server) throws Exception {
    Session session =
        (Session)
            LIBRARY.connect("raw", server).verify(PATIENCE_SECONDS, TimeUnit.SECONDS).getSession();
    Condition.await(
        "keys are exchanged, or the bastion hung up",
        () -> session.getKexState() == KexState.DONE || session.closed.getCount() == 0);
    if (session.closed.getCount() == 0) {
      fail("turned away");
    }
    return new RawClient(session);
  }

  /** Connects and logs in. */
  static RawClient login(InetSocketAddress server, String user, KeyPair key) throws Exception {
    RawClient client = connect(server);
    client.startAuthentication();
    client.sendSigned(user, key);
    client.expect(SshConstants.SSH_MSG_USERAUTH_SUCCESS);
    return client;
  }

  private static SshClient library() {
    SshClient client = SshClient.setUpDefaultClient();
    client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setSessionFactory(
        new SessionFactory(client) {
          @Override
          protected ClientSessionImpl doCreateSession(IoSession socket) throws Exception {
            return new Session(getClient(), socket);
          }
        });
    client.start();
    return client;
  }

  private static final class Session extends ClientSessionImpl {
    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<byte[]> stalled = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean stallsExchanges;

    Session(ClientFactoryManager manager, IoSession socket) throws Exception {
      super(manager, socket);
    }

    @Override
    protected void sendInitialServiceRequest() {}

    @Override
    protected void doHandleMessage(Buffer buffer) throws Exception {
      int command = buffer.rawByte(buffer.rpos()) & 0xff;
      boolean exchange = command >= 20 && command < 50;
      if (exchange && stallsExchanges) {
        stalled.add(buffer.getCompactData());
      } else if (exchange || command == KexExtensions.SSH_MSG_EXT_INFO) {
        super.doHandleMessage(buffer);
      } else {
        received.add(buffer.getCompactData());
      }
    }

    @Override
    protected void preClose() {
      super.preClose();
      closed.countDown();
    }

    void handOver(byte[] message) throws Exception {
      super.doHandleMessage(new ByteArrayBuffer(message));
    }

    void sendNow(Buffer packet) throws IOException {
      doWritePacket(packet);
    }
  }

  // ---- send ----

  /** Sends a message at once, whatever the protocol says of this moment. */
  void send(int command, Consumer<Buffer> body) throws IOException {
    Buffer packet = session.createBuffer((byte) command);
    body.accept(packet);
    session.sendNow(packet);
  }

  /** As {@link #send}, for a server that may have hung up. */
  void trySend(int command, Consumer<Buffer> body) {
    try {
      send(command, body);
    } catch (IOException e) {
      // Which is what the test waits for.
    }
  }

  void requestService(String name) throws IOException {
    send(SshConstants.SSH_MSG_SERVICE_REQUEST, packet -> packet.putString(name));
  }

  void startAuthentication() throws Exception {
    requestService("ssh-userauth");
    expect(SshConstants.SSH_MSG_SERVICE_ACCEPT);
  }

  /** Asks whether a key would do. */
  void sendProbe(String user, KeyPair key) throws IOException {
    send(
        SshConstants.SSH_MSG_USERAUTH_REQUEST,
        packet -> putPublicKey(packet, user, "ssh-connection", key, false));
  }

  void sendSigned(String user, KeyPair key) throws IOException {
    byte[] signature = sign(session.getSessionId(), user, "ssh-connection", key);
    sendSigned(user, "ssh-connection", key, signature);
  }

  void sendSigned(String user, String service, KeyPair key, byte[] signature) throws IOException {
    send(
        SshConstants.SSH_MSG_USERAUTH_REQUEST,
        packet -> {
          putPublicKey(packet, user, service, key, true);
          packet.putBytes(signature);
        });
  }

  byte[] sessionId() {
    return session.getSessionId();
  }

  /** The signature of RFC 4252, section 7. */
  static byte[] sign(byte[] sessionId, String user, String service, KeyPair key) {
    try {
      Buffer data = new ByteArrayBuffer();
      data.putBytes(sessionId);
      data.putByte(SshConstants.SSH_MSG_USERAUTH_REQUEST);
      putPublicKey(data, user, service, key, true);
      Signature signer = BuiltinSignatures.ed25519.create();
      signer.initSigner(null, key.getPrivate());
      signer.update(null, data.getCompactData());
      Buffer signature = new ByteArrayBuffer();
      signature.putString("ssh-ed25519");
      signature.putBytes(signer.sign(null));
      return signature.getCompactData();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void putPublicKey(
      Buffer packet, String user, String service, KeyPair key, boolean signed) {
    packet.putString(user);
    packet.putString(service);
    packet.putString("publickey");
    packet.putBoolean(signed);
    packet.putString("ssh-ed25519");
    Buffer blob = new ByteArrayBuffer();
    blob.putRawPublicKey(key.getPublic());
    packet.putBytes(blob.getCompactData());
  }

  void openForward(long channel, String host, long port) throws IOException {
    openForward(channel, host, port, 1 << 20, 32 * 1024);
  }

  void openForward(long channel, String host, long port, long window, long packetSize)
      throws IOException {
    send(
        SshConstants.SSH_MSG_CHANNEL_OPEN,
        packet -> {
          packet.putString("direct-tcpip");
          packet.putUInt(channel);
          packet.putUInt(window);
          packet.putUInt(packetSize);
          packet.putString(host);
          packet.putUInt(port);
          packet.putString("127.0.0.1");
          packet.putUInt(1);
        });
  }

  void openForward(long channel, InetSocketAddress target) throws IOException {
    openForward(channel, target.getAddress().getHostAddress(), target.getPort());
  }

  /** Opens, and waits for the yes. */
  long forward(long channel, InetSocketAddress target) throws Exception {
    openForward(channel, target);
    return confirmed();
  }

  /** The bastion's number of the channel whose confirmation comes next. */
  long confirmed() throws Exception {
    Buffer body = expect(SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION).body();
    body.getUInt();
    return body.getUInt();
  }

  void openSession(long channel) throws IOException {
    send(
        SshConstants.SSH_MSG_CHANNEL_OPEN,
        packet -> {
          packet.putString("session");
          packet.putUInt(channel);
          packet.putUInt(1 << 20);
          packet.putUInt(32 * 1024);
        });
  }

  void sendData(long recipient, byte[] data) throws IOException {
    send(
        SshConstants.SSH_MSG_CHANNEL_DATA,
        packet -> {
          packet.putUInt(recipient);
          packet.putBytes(data);
        });
  }

  void sendClose(long recipient) throws IOException {
    send(SshConstants.SSH_MSG_CHANNEL_CLOSE, packet -> packet.putUInt(recipient));
  }

  /** Asks for new keys; the library then exchanges them, unless {@link #stallExchanges} is on. */
  void requestNewKeys() throws IOException {
    session.reExchangeKeys();
  }

  /** Asks for new keys, and waits until there are some. */
  void exchangeKeys() throws IOException {
    session.reExchangeKeys().verify(PATIENCE_SECONDS, TimeUnit.SECONDS);
    // The library says so a little before, and would not begin another exchange.
    Condition.await("keys are exchanged", () -> session.getKexState() == KexState.DONE);
  }

  /** From now on the bastion's part of a key exchange is left unanswered. */
  void stallExchanges() {
    session.stallsExchanges = true;
  }

  /** Goes on with the exchange that was stalled. */
  void resumeExchanges() throws Exception {
    session.stallsExchanges = false;
    for (byte[] next = session.stalled.poll(); next != null; next = session.stalled.poll()) {
      session.handOver(next);
    }
  }

  /** Waits until there are this many messages of a stalled exchange. */
  void awaitStalled(int messages) {
    Condition.await("the exchange has begun", () -> session.stalled.size() >= messages);
  }

  /** From now on nothing is read from the socket. */
  void stopReading() {
    session.getIoSession().suspendRead();
  }

  // ---- receive ----

  /** All messages that have come and were not asked for yet. */
  List<Message> arrived() {
    List<byte[]> all = new ArrayList<>();
    session.received.drainTo(all);
    return all.stream()
        .map(bytes -> {
          Buffer body = new ByteArrayBuffer(bytes);
          return new Message(body.getByte() & 0xff, body);
        })
        .toList();
  }

  /** Whether the connection is over. */
  boolean hasEnded() {
    return session.closed.getCount() == 0;
  }

  /** The next message that is one of these; others are passed over. */
  Message expect(int... commands) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      byte[] next = session.received.poll(10, TimeUnit.MILLISECONDS);
      if (next != null) {
        int command = next[0] & 0xff;
        if (Arrays.stream(commands).anyMatch(one -> one == command)) {
          Buffer body = new ByteArrayBuffer(next);
          body.getByte();
          return new Message(command, body);
        }
        if (command == SshConstants.SSH_MSG_DISCONNECT) {
          fail("disconnected: " + disconnectText(next));
        }
      } else if (session.closed.getCount() == 0 && session.received.isEmpty()) {
        fail("the connection ended");
      }
      if (System.nanoTime() > end) {
        fail("none came of " + Arrays.toString(commands));
      }
    }
  }

  /** The text of the refusal that comes next. */
  String refusal() throws Exception {
    Buffer body = expect(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE).body();
    body.getUInt();
    body.getUInt();
    return body.getString();
  }

  /** The bastion's last words. */
  String disconnected() throws Exception {
    Buffer body = expect(SshConstants.SSH_MSG_DISCONNECT).body();
    body.getUInt();
    return body.getString();
  }

  private static String disconnectText(byte[] message) {
    Buffer body = new ByteArrayBuffer(message);
    body.getByte();
    body.getUInt();
    return body.getString();
  }

  /** Whether the bastion still answers on this connection. */
  boolean answers() throws Exception {
    send(
        SshConstants.SSH_MSG_GLOBAL_REQUEST,
        packet -> {
          packet.putString("are-you-there@example.com");
          packet.putBoolean(true);
        });
    return expect(SshConstants.SSH_MSG_REQUEST_FAILURE).command()
        == SshConstants.SSH_MSG_REQUEST_FAILURE;
  }

  /** Waits until the bastion has hung up. */
  void awaitEnd() throws InterruptedException {
    if (!session.closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      fail("the connection did not end");
    }
  }

  @Override
  public void close() {
    try {
      session.getIoSession().resumeRead();
    } catch (UncheckedIOException gone) {
      // Closed by the other side.
    }
    session.close(true);
  }
}
