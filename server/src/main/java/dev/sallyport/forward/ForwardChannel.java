package dev.sallyport.forward;

import dev.sallyport.channel.ChannelPlace;
import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.channel.Refusal;
import dev.sallyport.model.Target;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.List;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@code direct-tcpip} channel (RFC 4254, section 7.2), where the library's resolves a name again
 * after the decision, dials on a shared thread and queues without bound. The thread that reads the
 * connection calls the {@code handle…} methods, which never wait. The forward runs on a virtual
 * thread of its own. The client's window bounds the queue between the two.
 */
public final class ForwardChannel extends AbstractServerChannel implements ForwardRequest {
  /** Not this class's name, under which the library logs. */
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.forward");

  private final ChannelClient client;
  private final Forward forward;

  private final ChannelPlace place;

  /** A channel that the client has just asked for. */
  public ForwardChannel(Forwards forwards, ForwardContext context) {
    super("", List.of(), null);
    this.place = new ChannelPlace(context.ended());
    this.client = new ChannelClient(this, context.caller().memory());
    this.forward = forwards.newForward(context, this);
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
    // The originator's address follows in the buffer (RFC 4254, section 7.2). Only the client
    // vouches for it.
    Target target = new Target(buffer.getString(), buffer.getUInt());
    ForwardRecord record = forward.newRecord(target);
    forward.begin();
    place.hold();
    Thread.ofVirtual().name("forward-" + record.facts().id()).start(() -> live(record));
    // Never completed: the library would answer a failure with a text of its own. The forward
    // answers.
    return new DefaultOpenFuture(this, futureLock);
  }

  private void live(ForwardRecord record) {
    try {
      forward.run(record);
    } finally {
      place.letGo();
    }
  }

  @Override
  public void handleChannelUnregistration(ConnectionService service) {
    super.handleChannelUnregistration(service);
    place.letGo();
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
      // The client has no window yet, and no memory is reserved for one.
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

  /** Extended data has no meaning on a forward (RFC 4254, section 7.2). */
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

  /** Sends the end of data. */
  void sendEnd() throws IOException {
    sendEof();
  }

  /** SSH_MSG_CHANNEL_CLOSE has no text, so the reason is sent before it; ssh -v shows it. */
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
    client.awaitLastPacket();
    close(false);
  }

  /** An open channel is closed gracefully, and waits for the client's SSH_MSG_CHANNEL_CLOSE. */
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
