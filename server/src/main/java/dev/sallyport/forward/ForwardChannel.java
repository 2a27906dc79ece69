package dev.sallyport.forward;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.model.Target;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@code direct-tcpip} channel (RFC 4254, section 7.2). The connection's reading thread calls the
 * {@code handle…} methods, which never wait. The forward is on a virtual thread of its own; the
 * queue between the two is bounded by the window that the client was given.
 */
final class ForwardChannel extends AbstractServerChannel implements ForwardRequest {
  /** Not this class's name: under that the library logs. */
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.forward");

  private final ForwardContext context;
  private final ChannelClient client;
  private final Forward forward;

  /** The forward's thread and the library's channel: when both are done with, the place is free. */
  private final AtomicInteger holders = new AtomicInteger(2);

  ForwardChannel(Forwards forwards, ForwardContext context) {
    super("", List.of(), null);
    this.context = context;
    this.client = new ChannelClient(this, context.memory());
    this.forward = new Forward(forwards, context, this);
  }

  @Override
  public ClientEnd client() {
    return client;
  }

  // ---- open ----

  @Override
  public OpenFuture open(long recipient, long window, long packetSize, Buffer buffer) {
    int largestPacket = (int) Math.min(ForwardWindow.PACKET, packetSize);
    client.promised(window, largestPacket);
    return super.open(recipient, window, largestPacket, buffer);
  }

  @Override
  protected OpenFuture doInit(Buffer buffer) {
    // What follows in the buffer, the originator's address, is the client's word only (RFC 4254,
    // section 7.2).
    Target target = new Target(buffer.getString(), buffer.getUInt());
    var facts = new AuditEvent.Forward(UUID.randomUUID().toString(), context.user(), target);
    forward.begin();
    Thread.ofVirtual().name("forward-" + facts.id()).start(() -> live(facts));
    // Never completed: the library would answer a failure with a text of its own. We answer
    // ourselves.
    return new DefaultOpenFuture(this, futureLock);
  }

  private void live(AuditEvent.Forward facts) {
    try {
      forward.run(facts);
    } finally {
      letGo();
    }
  }

  @Override
  public void handleChannelUnregistration(ConnectionService service) {
    super.handleChannelUnregistration(service);
    letGo();
  }

  /** A client that never confirms a close must not gather closed channels without bound. */
  private void letGo() {
    if (holders.decrementAndGet() == 0) {
      context.ended().run();
    }
  }

  @Override
  public void confirm() {
    signalChannelOpenSuccess();
  }

  @Override
  public void refuse(int code, String text) {
    if (isClosing()) {
      return;
    }
    try {
      Refusal.send(getSession(), getRecipient(), code, text);
    } catch (IOException e) {
      LOG.debug("the client left before it could be refused", e);
    }
  }

  // ---- what the client sends ----

  @Override
  public void handleData(Buffer buffer) throws IOException {
    if (!forward.isJoined()) {
      // No window was given yet, and no memory is reserved for it.
      throw new ProtocolException("data for a channel that is not open");
    }
    client.put(buffer);
  }

  @Override
  public void handleWindowAdjust(Buffer buffer) {
    client.expand(buffer.getUInt());
  }

  @Override
  public void handleEof() throws IOException {
    super.handleEof();
    client.endOfInput();
  }

  /** Extended data has no meaning on a forward (RFC 4254, section 7.2): it goes nowhere. */
  @Override
  public void handleExtendedData(Buffer buffer) throws IOException {
    throw new ProtocolException("extended data on a direct-tcpip channel");
  }

  // ---- close ----

  @Override
  protected void preClose() {
    forward.clientLeft();
    super.preClose();
  }

  /** Tells the client that nothing follows. */
  void sendEnd() throws IOException {
    sendEof();
  }

  /** SSH has no words for the close of a channel, so they go before it; ssh -v shows them. */
  @Override
  public void revoke(String reason) {
    try {
      Remark.send(getSession(), "a forward ends: " + reason);
    } catch (IOException e) {
      LOG.debug("the client left before it heard why", e);
    }
    end();
  }

  @Override
  public void end() {
    close(false);
  }

  /** An open channel waits for the client's SSH_MSG_CHANNEL_CLOSE. */
  @Override
  public void over(boolean opened) {
    close(!opened);
  }

  @Override
  protected void doWriteData(byte[] data, int offset, long length) {
    throw new IllegalStateException("handleData does not come here");
  }

  @Override
  protected void doWriteExtendedData(byte[] data, int offset, long length) {
    throw new IllegalStateException("handleExtendedData does not come here");
  }
}
