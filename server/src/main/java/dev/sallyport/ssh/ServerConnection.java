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
 * One SSH connection that a client made, over a socket or inside a forward: the transport protocol
 * (RFC 4253) with the limits that the library does not hold. The thread that reads the wire calls
 * almost everything here; {@link #checkTime} comes from the clock of {@link LiveConnections}.
 */
public abstract class ServerConnection extends ServerSessionImpl implements KeyExchanger {
  /** Not this class's name: under that the library logs what strangers send. */
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /** The service that a login is for (RFC 4254). */
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

  /** Since when the message that comes next is read, which for small ones is most of the work. */
  private long readingSince;

  /**
   * Begins on a wire, by telling the client who we are.
   *
   * @param hostKeyAlgorithms what host keys are used with, best first
   * @param computing where key exchanges are computed
   * @throws Exception whatever the library throws when the wire fails at once
   */
  @SuppressWarnings("this-escape") // what it is given to asks it nothing before the first packet
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

  /** Whether authentication is over. */
  protected abstract boolean hasLoggedIn();

  /** On whose account the computations are that the client causes now. */
  protected abstract Party party();

  @Override
  public final PeerWork work() {
    return work;
  }

  // ---- transport ----

  /** What has come of a packet is kept until the rest has. */
  @Override
  public void messageReceived(Readable bytes) throws Exception {
    memory.packets(decoderBuffer.available() + bytes.available());
    readingSince = System.nanoTime();
    super.messageReceived(bytes);
    MessageOrder.checkSize(decoderBuffer.available());
  }

  @Override
  protected void doHandleMessage(Buffer buffer) throws Exception {
    if (isClosing()) {
      // The library hands over what came in the same segment even after a disconnect, after which
      // nothing may be accepted any more (RFC 4253, section 11.1).
      return;
    }
    lastReceived = System.nanoTime();
    int command = buffer.rawByte(buffer.rpos()) & 0xff;
    MessageOrder.check(
        command, buffer.available(), getKexState(), getSessionId() == null, hasLoggedIn());
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

  /** What the connection keeps beside its channels. */
  protected final ConnectionMemory memory() {
    return memory;
  }

  /**
   * Without the library's time-out, for which it would need a thread that it starts only with its
   * own server; here our own clock ends whoever does not read.
   */
  @Override
  public IoWriteFuture writePacket(Buffer buffer, long timeout, TimeUnit unit) throws IOException {
    return writePacket(buffer);
  }

  /**
   * One authentication, and then one connection protocol, which only {@link
   * #signalAuthenticationSuccess} starts. The library would begin anew as often as it is asked to:
   * with fresh tries, or with a fresh count of channels beside channels that nobody closes any
   * more.
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
   * Ends the connection if its client has lost the right to it. Called every second; never waits.
   *
   * @param now as {@link System#nanoTime} has it
   */
  protected void checkRight(long now) {}

  /** Ends the connection if a limit of time is over. Called every second; never waits. */
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
   * What the log says when a limit of time is over.
   *
   * @param reason what the limit says
   */
  protected String timeIsUp(String reason) {
    return reason;
  }

  /**
   * On a thread of its own, because a client that does not read lets writers wait; one at a time.
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

  /** Ends without a word, on another thread: the client does not listen. */
  public final void endSoon(String reason) {
    because(reason);
    thread("end").start(() -> close(true));
  }

  /**
   * Tells the client why and ends, on another thread; a client that does not read is not waited
   * for.
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
    String message = cause.getMessage();
    because(SafeText.escape(message == null ? cause.getClass().getSimpleName() : message, 200));
    if (cause instanceof RuntimeException && !(cause instanceof RuntimeSshException)) {
      LOG.debug("{} failed", getIoSession(), cause);
    }
    super.exceptionCaught(cause);
  }

  /** Keeps why the connection ends; the first reason is the true one. */
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
   * Whoever writes holds a lock that the library takes in order to close. A client that does not
   * read would keep the writer, and with it the connection, for ever.
   */
  private void wakeWriters() {
    try {
      getIoSession().shutdownOutputStream();
    } catch (IOException e) {
      LOG.trace("{} is gone already", getIoSession(), e);
    }
  }
}
