package dev.sallyport.ssh;

import dev.sallyport.model.SafeText;
import dev.sallyport.transport.CarrierSlice;
import dev.sallyport.transport.WireSession;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.RuntimeSshException;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.ServerUserAuthService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds what a client may send, in which order and how fast, where the library takes any packet
 * from anybody. One SSH connection from a client, over a socket or inside a forward: the transport
 * protocol (RFC 4253). The thread that reads the wire calls almost all methods; {@link
 * LiveConnections} calls {@link #checkTime}.
 */
public abstract class ServerConnection extends ServerSessionImpl implements KeyExchanger {
  /** Not this class's name, under which the library logs what unauthenticated clients send. */
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /** The service that follows the login (RFC 4254). */
  protected static final String CONNECTIONS = "ssh-connection";

  /** The messages of the authentication protocol are 50 to 79 (RFC 4250, section 4.1.2). */
  private static final int LAST_OF_AUTHENTICATION = 79;

  private final List<String> hostKeyAlgorithms;
  private final Patience patience;
  private final PeerWork work;
  private final AtomicReference<@Nullable String> endReason = new AtomicReference<>();
  private final AtomicBoolean probing = new AtomicBoolean();
  private final ConnectionMemory memory = new ConnectionMemory();
  private volatile long lastReceived = System.nanoTime();
  private final MessageRate rate = new MessageRate(lastReceived);
  private final CarrierSlice slice = new CarrierSlice();

  /**
   * When the reading of the next message began. For small messages, reading is most of the work.
   */
  private long readingSince;

  /**
   * Begins on a wire, and sends the identification.
   *
   * @param hostKeyAlgorithms host key algorithms, best first
   * @param computing where key exchanges are computed
   * @throws Exception whatever the library throws when the wire fails at once
   */
  @SuppressWarnings("this-escape") // it is not used before the first packet
  protected ServerConnection(
      ServerFactoryManager manager,
      IoSession wire,
      TimeLimits limits,
      List<String> hostKeyAlgorithms,
      PublicKeyWork computing)
      throws Exception {
    super(manager, wire);
    this.work =
        new PeerWork(
            computing,
            this,
            this::party,
            ((WireSession) wire)::unauthenticatedPeerHasLeft,
            ((WireSession) wire)::bytes);
    this.hostKeyAlgorithms = List.copyOf(hostKeyAlgorithms);
    this.patience = new Patience(limits, System.nanoTime());
  }

  /** Whether the client has authenticated. */
  protected abstract boolean hasLoggedIn();

  /** The party that causes the client's computations now. */
  protected abstract Party party();

  @Override
  public final PeerWork work() {
    return work;
  }

  // ---- transport ----

  /** A partial packet is kept until the rest has arrived. */
  @Override
  public void messageReceived(Readable bytes) throws Exception {
    memory.packets(decoderBuffer.available() + bytes.available());
    readingSince = System.nanoTime();
    super.messageReceived(bytes);
    MessageOrder.checkSize(decoderBuffer.available(), MessageOrder.LARGEST_PACKET);
  }

  @Override
  protected void doHandleMessage(Buffer buffer) throws Exception {
    if (isClosing()) {
      // The library passes on messages of the same segment even after a disconnect, after which
      // none may be accepted (RFC 4253, section 11.1).
      return;
    }
    lastReceived = System.nanoTime();
    int command = buffer.rawByte(buffer.rpos()) & 0xff;
    MessageOrder.check(
        command,
        buffer.available(),
        MessageOrder.LARGEST_PACKET,
        getKexState(),
        getSessionId() == null,
        hasLoggedIn());
    if (command > LAST_OF_AUTHENTICATION && !hasLoggedIn()) {
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR,
          "message " + command + " before authentication");
    }
    if (command == SshConstants.SSH_MSG_KEXINIT) {
      memory.proposal(buffer.available());
      if (getKexState() == KexState.DONE) {
        work.awaitNewKeys();
      }
    }
    if (!hasLoggedIn()) {
      super.doHandleMessage(buffer);
      return;
    }
    if (MessageRate.counts(command)) {
      rate.await(lastReceived);
    }
    long begin = System.nanoTime();
    super.doHandleMessage(buffer);
    slice.used(lastReceived - readingSince + System.nanoTime() - begin);
    readingSince = System.nanoTime();
  }

  /** The memory that the connection uses besides its channels. */
  protected final ConnectionMemory memory() {
    return memory;
  }

  /**
   * Without the library's timeout, which needs a thread that only its own server starts. Here
   * {@link #checkTime} ends a connection whose client does not read.
   */
  @Override
  public IoWriteFuture writePacket(Buffer buffer, long timeout, TimeUnit unit) throws IOException {
    return writePacket(buffer);
  }

  /**
   * Allows one authentication, and then one connection protocol, which only {@link
   * #signalAuthenticationSuccess} starts. The library would restart a service on every request,
   * with a new count of attempts or of channels, and would never close the old channels.
   */
  @Override
  public void startService(String name, Buffer buffer) throws Exception {
    Service current = currentService.getService();
    boolean inOrder =
        current == null
            ? name.equals("ssh-userauth")
            : current instanceof ServerUserAuthService && hasLoggedIn() && name.equals(CONNECTIONS);
    if (!inOrder) {
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_SERVICE_NOT_AVAILABLE, "a service out of order");
    }
    super.startService(name, buffer);
  }

  @Override
  protected KeyExchangeMessageHandler initializeKeyExchangeMessageHandler() {
    return new KeyExchangeQueue(this, log, () -> memory);
  }

  @Override
  protected String resolveAvailableSignaturesProposal(FactoryManager manager)
      throws IOException, GeneralSecurityException {
    String all = super.resolveAvailableSignaturesProposal(manager);
    var offered = List.of(all.split(","));
    return String.join(",", hostKeyAlgorithms.stream().filter(offered::contains).toList());
  }

  // ---- time ----

  /**
   * Ends the connection if its client has lost its authorization. Called every second; never waits.
   *
   * @param now by {@link System#nanoTime}
   */
  protected void checkRight(long now) {}

  /** Enforces the time limits. Called every second; never waits. */
  void checkTime(long now) {
    checkRight(now);
    Patience.Verdict verdict =
        hasLoggedIn()
            ? patience.ofUser(now, getKexState() != KexState.DONE, lastReceived)
            : patience.ofStranger(now);
    switch (verdict) {
      case Patience.Verdict.Wait() -> {}
      case Patience.Verdict.Ask() -> probe();
      case Patience.Verdict.End(String reason) -> endSoon(timeIsUp(reason));
    }
  }

  /**
   * The logged reason when a time limit is exceeded.
   *
   * @param reason the limit's own text
   */
  protected String timeIsUp(String reason) {
    return reason;
  }

  /**
   * Sends a keep-alive on a thread of its own, because a write waits when the client does not read;
   * one at a time.
   */
  private void probe() {
    if (!probing.compareAndSet(false, true)) {
      return;
    }
    boolean begun = false;
    try {
      thread("keepalive").start(this::sendProbe);
      begun = true;
    } finally {
      if (!begun) {
        probing.set(false);
      }
    }
  }

  private void sendProbe() {
    try {
      Buffer packet = createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
      packet.putString("keepalive@openssh.com");
      packet.putBoolean(true);
      writePacket(packet);
    } catch (IOException e) {
      LOG.debug("{} left", getIoSession(), e);
    } finally {
      probing.set(false);
    }
  }

  // ---- end ----

  /** Ends the connection without a message, on another thread, because the client does not read. */
  public final void endSoon(String reason) {
    because(reason);
    thread("end").start(() -> close(true));
  }

  /**
   * Disconnects with a reason, on another thread, without waiting for a client that does not read.
   */
  public final void disconnectSoon(String reason) {
    because(reason);
    thread("end")
        .start(() -> {
          try {
            disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, reason);
          } catch (IOException e) {
            close(true);
          }
        });
  }

  private Thread.Builder thread(String task) {
    return Thread.ofVirtual().name(task + "-" + getIoSession().getId());
  }

  @Override
  public void disconnect(int reason, String message) throws IOException {
    because(SafeText.escape(message, 200));
    super.disconnect(reason, message);
  }

  @Override
  protected void handleDisconnect(int code, String message, String language, Buffer buffer)
      throws Exception {
    because("the client disconnected: " + SafeText.escape(message, 200));
    super.handleDisconnect(code, message, language, buffer);
  }

  @Override
  public void exceptionCaught(Throwable cause) {
    because(SafeText.messageOf(cause, 200));
    if (cause instanceof RuntimeException && !(cause instanceof RuntimeSshException)) {
      LOG.debug("{} failed", getIoSession(), cause);
    }
    super.exceptionCaught(cause);
  }

  /** Sets the reason for the end. Only the first counts. */
  protected final void because(String reason) {
    endReason.compareAndSet(null, reason);
  }

  /** Why the connection ended, for the audit log; escaped. */
  protected final String endReason() {
    String reason = endReason.get();
    return reason == null ? "unknown" : reason;
  }

  @Override
  protected void preClose() {
    because("the client closed the connection");
    work.end();
    wakeWriters();
    memory.end();
    if (currentService.getService() instanceof ServerChannels channels) {
      channels.tellRest();
    }
    super.preClose();
  }

  /**
   * Wakes writers. A writer holds a lock that the library needs to close. If the client does not
   * read, the writer, and so the connection, would wait for ever.
   */
  private void wakeWriters() {
    try {
      getIoSession().shutdownOutputStream();
    } catch (IOException e) {
      LOG.trace("{} is gone already", getIoSession(), e);
    }
  }
}
