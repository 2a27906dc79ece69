package dev.sallyport.gateway.relay;

import dev.sallyport.forward.ClientEnd;
import dev.sallyport.forward.ForwardRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * A session whose command asks for a forward, as {@code nc HOST PORT} does: its standard input and
 * output are joined to the target. The session's thread runs the forward.
 */
final class SessionForward extends ClientEnd implements ForwardRequest {
  /** The client does not read the output any more (OpenSSH's PROTOCOL, section 2.1). */
  private static final String NOBODY_READS = "eow@openssh.com";

  private static final ByteBuffer END = ByteBuffer.allocate(0);

  private final RelayEnd client;
  private final Runnable accept;

  /** Data that came before the command. */
  private final Queue<Message.Data> early;

  private boolean ended;
  private ByteBuffer rest = END;
  private volatile boolean drained;
  private volatile Optional<String> refusal = Optional.empty();

  /**
   * @param accept answers the command's request with success
   */
  SessionForward(RelayEnd client, SessionRequests requests, Runnable accept) {
    super(client, client.window(), client.peerPacket());
    this.client = client;
    this.accept = accept;
    this.early = new ArrayDeque<>(requests.early());
    this.ended = requests.ended();
  }

  /** Why the forward was refused, if it was; valid once the forward has ended. */
  Optional<String> refusal() {
    return refusal;
  }

  // ---- the request ----

  @Override
  public ClientEnd client() {
    return this;
  }

  @Override
  public boolean isClosing() {
    return client.isClosing();
  }

  @Override
  public void confirm() {
    accept.run();
  }

  /**
   * The command's request succeeds also when the forward is refused, because clients show no
   * message after a failure.
   */
  @Override
  public void refuse(int code, String text) {
    refusal = Optional.of(text);
    accept.run();
  }

  /** The session shows the reason after the last bytes, once the forward has ended. */
  @Override
  public void revoke(String reason) {
    end();
  }

  @Override
  public void end() {
    endOfInput();
    endOfOutput();
  }

  @Override
  public void over(boolean opened) {}

  // ---- what the client sends ----

  @Override
  protected ByteBuffer next() throws InterruptedException {
    while (!rest.hasRemaining() && !drained) {
      Message.Data before = early.poll();
      if (before != null) {
        rest = bytes(before);
      } else if (ended) {
        drained = true;
      } else {
        receive();
      }
    }
    return drained ? END : rest.duplicate();
  }

  private void receive() throws InterruptedException {
    switch (client.take(Taker.RELAY)) {
      case Message.Data data -> rest = bytes(data);
      case Message.Eof end -> ended = true;
      case Message.Closed closed -> ended = true;
      case Message.Reply unasked -> {}
      case Message.Request(String type, boolean wantReply, byte[] arguments) -> {
        if (wantReply) {
          client.sendReply(false);
        }
        if (type.equals(NOBODY_READS)) {
          // netcat, too, ends when it cannot write.
          endOfOutput();
          ended = true;
        }
      }
    }
  }

  private static ByteBuffer bytes(Message.Data data) {
    return ByteBuffer.wrap(data.bytes(), 0, data.count());
  }

  @Override
  protected void accept(int count) {
    rest.position(rest.position() + count);
    client.taken(count);
  }

  @Override
  protected boolean isDrained() {
    return drained;
  }

  @Override
  protected void endOfInput() {
    client.endInput();
  }

  /** The channel has reserved its memory already, until the session ends. */
  @Override
  protected int unreserved() {
    return 0;
  }

  @Override
  protected void close() {}

  // ---- what the client is sent ----

  /**
   * A client that has no more to send leaves at the end of data, and would miss a later exit
   * status. Then the end of data is sent with the status.
   */
  @Override
  protected void sendEnd() throws IOException {
    if (!drained) {
      client.sendEndOfData();
    }
  }
}
