package dev.sallyport.gateway.relay;

import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.memory.MemoryShare;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.sshd.agent.common.AbstractAgentProxy;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * The agent that a client forwards, over a channel that we open to it, where the library's channels
 * for agents need native code or a Unix socket (OpenSSH's PROTOCOL, {@code auth-agent@openssh.com};
 * draft-ietf-sshm-ssh-agent). For one thread at a time.
 */
final class ForwardedAgent extends AbstractAgentProxy {
  static final String CHANNEL = "auth-agent@openssh.com";

  /**
   * OpenSSH's limit for an agent's message. A client that announces more would use up our memory.
   */
  private static final int LONGEST_MESSAGE = 256 * 1024;

  private final RelayEnd client;

  /** The last message, and how much of it has not been read. */
  private Message.Data last = new Message.Data(Message.Stream.DATA, new byte[0], 0);

  private int left;

  private ForwardedAgent(RelayEnd client) {
    super(null);
    this.client = client;
  }

  /**
   * Opens a channel to the client's agent.
   *
   * @throws IOException when the client forwards none, or has left
   */
  static ForwardedAgent open(Session session, MemoryShare memory)
      throws IOException, InterruptedException {
    RelayEnd client = new RelayEnd(true, memory, ForwardWindow.LARGEST, nothing -> {}, () -> {});
    boolean opened = false;
    try {
      opened = client.openOn(session, CHANNEL, packet -> {}) instanceof RelayEnd.Opening.Opened;
    } finally {
      if (!opened) {
        client.close(true);
        client.release();
      }
    }
    if (!opened) {
      throw new IOException("the client forwards no agent");
    }
    return new ForwardedAgent(client);
  }

  @Override
  protected synchronized Buffer request(Buffer request) throws IOException {
    try {
      client.sendData(Message.Stream.DATA, request.array(), request.rpos(), request.available());
      byte[] length = read(Integer.BYTES);
      return AgentKeys.only(new ByteArrayBuffer(read(checked(ByteBuffer.wrap(length).getInt()))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the agent was asked", e);
    }
  }

  /**
   * Reserves memory for an answer until the agent is closed. So an agent that sends long answers is
   * asked fewer questions.
   *
   * @throws IOException when the answer is too long, or the user's share of memory is used up
   */
  private int checked(int length) throws IOException {
    if (length < 0 || length > LONGEST_MESSAGE) {
      throw new IOException("the agent answers with " + length + " bytes");
    }
    client.keep(length);
    return length;
  }

  /** Waits for that many bytes. */
  private byte[] read(int count) throws IOException, InterruptedException {
    byte[] bytes = new byte[count];
    int at = 0;
    while (at < count) {
      if (left == 0) {
        client.taken(last);
        if (!(client.take(Taker.RELAY) instanceof Message.Data data)) {
          throw new IOException("the agent left");
        }
        last = data;
        left = data.count();
      }
      int some = Math.min(left, count - at);
      System.arraycopy(last.bytes(), last.count() - left, bytes, at, some);
      left -= some;
      at += some;
    }
    return bytes;
  }

  @Override
  public boolean isOpen() {
    return client.isOpen();
  }

  @Override
  public void close() throws IOException {
    client.close(false);
    client.release();
    super.close();
  }
}
