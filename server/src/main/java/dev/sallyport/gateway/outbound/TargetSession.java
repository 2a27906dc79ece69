package dev.sallyport.gateway.outbound;

import dev.sallyport.model.SafeText;
import dev.sallyport.ssh.ConnectionMemory;
import dev.sallyport.ssh.KeyExchangeQueue;
import dev.sallyport.ssh.KeyExchanger;
import dev.sallyport.ssh.MessageOrder;
import dev.sallyport.ssh.MessageRate;
import dev.sallyport.ssh.Party;
import dev.sallyport.ssh.PeerWork;
import dev.sallyport.ssh.PublicKeyWork;
import dev.sallyport.transport.CarrierSlice;
import dev.sallyport.transport.WireSession;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.auth.pubkey.PublicKeyIdentity;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.signature.SignatureFactoriesManager;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds what a target may send and how often it may ask for new keys, which the library does not.
 * The bastion's SSH connection to a target. The wire's reading thread calls almost everything here;
 * {@link #watch} has a thread of its own.
 */
final class TargetSession extends ClientSessionImpl implements KeyExchanger {
  /** Not this class's name, under which the library logs what targets send. */
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  /** How long the end of a connection waits for a target that does not read. */
  private static final Duration GOODBYE = Duration.ofSeconds(2);

  /** Longest text of a target that is shown, in characters. */
  private static final int SHOWN = 200;

  private final LoginAttempt attempt;
  private final PeerWork work;
  private final AtomicReference<@Nullable String> endReason = new AtomicReference<>();
  private final AtomicReference<@Nullable TargetException> refusal = new AtomicReference<>();
  private final AtomicReference<@Nullable String> notLetIn = new AtomicReference<>();
  private final AtomicBoolean probing = new AtomicBoolean();
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private volatile Optional<ChannelFactory> agent = Optional.empty();
  private @Nullable HostKey hostKey;
  private final ConnectionMemory memory = new ConnectionMemory();

  /**
   * The beginning of what came before the target's identification. Written by the reading thread.
   */
  private volatile String preface = "";

  /** Whether the connection ended before the target had sent its identification. */
  private volatile boolean shed;

  private volatile long lastReceived = System.nanoTime();
  private final MessageRate rate = new MessageRate(lastReceived);
  private final CarrierSlice slice = new CarrierSlice();

  /**
   * When the reading of the next message began. For small messages, reading is most of the work.
   */
  private long readingSince;

  /**
   * @param computing where key exchanges and signatures are computed, on behalf of the user
   */
  TargetSession(
      ClientFactoryManager manager, IoSession wire, LoginAttempt attempt, PublicKeyWork computing)
      throws Exception {
    super(manager, wire);
    this.attempt = attempt;
    memory.begin(attempt.memory());
    Party user = new Party.User(attempt.user());
    this.work = new PeerWork(computing, this, () -> user, () -> false, ((WireSession) wire)::bytes);
    setUsername(attempt.loginName());
    setServerKeyVerifier(this::verify);
  }

  @Override
  public PeerWork work() {
    return work;
  }

  // ---- transport ----

  /** A partial packet is kept until the rest has arrived. */
  @Override
  public void messageReceived(Readable bytes) throws Exception {
    memory.packets(decoderBuffer.available() + bytes.available());
    readingSince = System.nanoTime();
    super.messageReceived(bytes);
    if (getServerVersion() == null) {
      preface =
          new String(
              decoderBuffer.array(),
              decoderBuffer.rpos(),
              Math.min(SHOWN, decoderBuffer.available()),
              StandardCharsets.ISO_8859_1);
    }
    MessageOrder.checkSize(decoderBuffer.available(), largestPacket());
  }

  @Override
  protected void doHandleMessage(Buffer buffer) throws Exception {
    if (isClosing()) {
      // RFC 4253, section 11.1: nothing may be accepted after a disconnect.
      return;
    }
    lastReceived = System.nanoTime();
    int command = buffer.rawByte(buffer.rpos()) & 0xff;
    MessageOrder.check(
        command,
        buffer.available(),
        largestPacket(),
        getKexState(),
        getSessionId() == null,
        isAuthenticated());
    if (command == SshConstants.SSH_MSG_KEXINIT) {
      memory.proposal(buffer.available());
      if (getKexState() == KexState.DONE) {
        work.awaitNewKeys();
      }
    }
    if (MessageRate.counts(command)) {
      rate.await(lastReceived);
    }
    long begin = System.nanoTime();
    super.doHandleMessage(buffer);
    slice.used(lastReceived - readingSince + System.nanoTime() - begin);
    readingSince = System.nanoTime();
  }

  private int largestPacket() {
    return isAuthenticated() ? MessageOrder.LARGEST_PACKET : MessageOrder.LARGEST_BEFORE_LOGIN;
  }

  /** The memory that the connection uses besides its channels. */
  ConnectionMemory memory() {
    return memory;
  }

  /**
   * Without the library's timeout, which needs a thread that only its own client starts. Here
   * {@link #watch} ends a connection whose target does not read.
   */
  @Override
  public IoWriteFuture writePacket(Buffer buffer, long timeout, TimeUnit unit) throws IOException {
    return writePacket(buffer);
  }

  @Override
  protected KeyExchangeMessageHandler initializeKeyExchangeMessageHandler() {
    return new KeyExchangeQueue(this, log, () -> memory);
  }

  @Override
  protected String resolveAvailableSignaturesProposal(FactoryManager manager) {
    return String.join(",", attempt.hostKeyAlgorithms());
  }

  // ---- login ----

  /** Called for each key exchange; the key must stay the same. */
  private boolean verify(ClientSession self, SocketAddress address, PublicKey shown) {
    HostKey before = hostKey;
    if (before != null) {
      return PresentedKey.of(shown).key().equals(before);
    }
    try {
      hostKey = attempt.checkHostKey(shown, work);
      return true;
    } catch (TargetException e) {
      refusal.compareAndSet(null, e);
      return false;
    }
  }

  List<PublicKeyIdentity> identities(SignatureFactoriesManager signatures) throws TargetException {
    return attempt.identities(this, work(), signatures);
  }

  /**
   * The target shows a text to the user.
   *
   * @throws SshException when there is no memory to keep it; that ends the connection
   */
  void banner(String text) throws SshException {
    memory.banner(attempt.banner(text));
  }

  /** The target refused the login. */
  void notLetIn(String methods, boolean partial) {
    notLetIn.set(attempt.notLetIn(methods, partial));
  }

  /**
   * Waits until the login is complete.
   *
   * @throws ShedException when the connection ended before the target had sent its identification
   * @throws TargetException when the login failed; the message says why
   */
  void logIn(Duration patience) throws TargetException, InterruptedException {
    CompletableFuture<Boolean> outcome = new CompletableFuture<>();
    try {
      auth().addListener(future -> outcome.complete(future.isSuccess()));
      if (!outcome.get(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw failure();
      }
    } catch (IOException e) {
      if (shed) {
        throw failure();
      }
      throw new TargetException(attempt.address() + " " + words(e), e);
    } catch (TimeoutException e) {
      throw new TargetException(late(patience), e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("nothing completes it so", e);
    }
  }

  private TargetException failure() {
    TargetException refused = refusal.get();
    if (refused != null) {
      return refused;
    }
    if (shed) {
      return new ShedException(attempt.address(), preface);
    }
    String reason = endReason.get();
    String no = notLetIn.get();
    if (no != null && (reason == null || !reason.startsWith(DISCONNECTED))) {
      return new TargetException(no);
    }
    return new TargetException(
        attempt.address() + " " + (reason == null ? "closed the connection" : reason));
  }

  private String late(Duration patience) {
    long seconds = patience.toSeconds();
    if (attempt.asksAgent()) {
      return "your forwarded agent did not answer within %d s: check whether it waits for your confirmation"
          .formatted(seconds);
    }
    return getServerVersion() == null
        ? "%s did not answer within %d s: it accepts connections and sends nothing"
            .formatted(attempt.address(), seconds)
        : "%s did not finish the login within %d s".formatted(attempt.address(), seconds);
  }

  // ---- channels that the target opens ----

  void admitAgent(ChannelFactory factory) {
    agent = Optional.of(factory);
  }

  Optional<ChannelFactory> agent() {
    return agent;
  }

  // ---- time ----

  /**
   * Ends the connection when the target does not answer any more. Runs until the connection ends.
   */
  void watch(TargetTimes times) throws InterruptedException {
    int unanswered = 0;
    Optional<Long> exchangingSince = Optional.empty();
    long tick = Math.min(times.keepAlive().toNanos(), times.keyExchange().toNanos()) / 2;
    while (!isOver(tick)) {
      long now = System.nanoTime();
      if (getKexState() == KexState.DONE) {
        exchangingSince = Optional.empty();
      } else if (exchangingSince.isEmpty()) {
        exchangingSince = Optional.of(now);
      } else if (now - exchangingSince.get() > times.keyExchange().toNanos()) {
        end("a key exchange took longer than " + times.keyExchange().toSeconds() + " s");
      }
      long silence = now - lastReceived;
      if (silence < times.keepAlive().toNanos()) {
        unanswered = 0;
      } else if (silence >= times.keepAlive().toNanos() * (unanswered + 1)) {
        if (unanswered == times.unanswered()) {
          end("the target did not answer " + unanswered + " keep-alives");
        } else {
          unanswered++;
          probe();
        }
      }
    }
  }

  private boolean isOver(long nanos) throws InterruptedException {
    try {
      ended.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("it ends with a reason and nothing else", e);
    }
  }

  /** On a thread of its own, because a write waits when the target does not read. */
  private void probe() {
    if (!probing.compareAndSet(false, true)) {
      return;
    }
    Thread.ofVirtual()
        .name("keepalive-target")
        .start(() -> {
          try {
            Buffer packet = createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
            packet.putString("keepalive@openssh.com");
            packet.putBoolean(true);
            writePacket(packet);
          } catch (IOException e) {
            LOG.debug("{} left", attempt.address(), e);
          } finally {
            probing.set(false);
          }
        });
  }

  // ---- end ----

  private static final String DISCONNECTED = "ended the connection";

  /** Completed once, with the escaped reason for which the connection ended. */
  CompletableFuture<String> ended() {
    return ended;
  }

  /** Ends the connection, on other threads. */
  void end(String reason) {
    because(reason);
    Thread.ofVirtual()
        .name("end-target")
        .start(() -> {
          try {
            disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, reason);
          } catch (IOException e) {
            close(true);
          }
        });
    Thread.ofVirtual()
        .name("end-target")
        .start(() -> {
          try {
            if (!isOver(GOODBYE.toNanos())) {
              close(true);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  @Override
  protected void handleDisconnect(int code, String message, String language, Buffer buffer)
      throws Exception {
    because(
        DISCONNECTED
            + (isAuthenticated() ? ": " : " before it was ready: ")
            + SafeText.escape(message, SHOWN));
    super.handleDisconnect(code, message, language, buffer);
  }

  @Override
  public void exceptionCaught(Throwable cause) {
    for (Throwable one = cause; one != null; one = one.getCause()) {
      if (one instanceof TargetException sentence) {
        refusal.compareAndSet(null, sentence);
      }
    }
    if (cause instanceof IOException && !(cause instanceof SshException)) {
      noteIfShed();
    }
    because(words(cause));
    LOG.debug("connection to {} failed", attempt.address(), cause);
    super.exceptionCaught(cause);
  }

  private String words(Throwable cause) {
    Throwable told = cause;
    while (told.getCause() != null && told instanceof SshException) {
      told = told.getCause();
    }
    String shown = SafeText.messageOf(told, SHOWN);
    boolean spoke = getServerVersion() != null;
    if (cause instanceof IOException && !(cause instanceof SshException)) {
      return (spoke ? "broke the connection: " : "broke the connection before it spoke SSH: ")
          + shown;
    }
    if (!spoke) {
      return "does not speak SSH: " + shown;
    }
    return shown.startsWith("Unable to negotiate")
        ? "shares no algorithm with the bastion: " + shown
        : "broke the SSH protocol: " + shown;
  }

  /**
   * Called before an end sets its reason: a connection that was ended for another reason has one
   * already.
   */
  private void noteIfShed() {
    if (getServerVersion() == null && endReason.get() == null && refusal.get() == null) {
      shed = true;
    }
  }

  private void because(String reason) {
    endReason.compareAndSet(null, reason);
  }

  @Override
  protected void preClose() {
    noteIfShed();
    because(
        getServerVersion() == null
            ? "closed the connection and did not speak SSH"
            : isAuthenticated()
                ? "closed the connection"
                : "closed the connection before it was ready");
    work.end();
    wakeWriters();
    memory.end();
    try {
      super.preClose();
    } finally {
      ended.complete(String.valueOf(endReason.get()));
    }
  }

  /**
   * Wakes writers: with a target that does not read they, and so the connection, would wait for
   * ever.
   */
  private void wakeWriters() {
    try {
      getIoSession().shutdownOutputStream();
    } catch (IOException e) {
      LOG.trace("{} is gone already", attempt.address(), e);
    }
  }
}
