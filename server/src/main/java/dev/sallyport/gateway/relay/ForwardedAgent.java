package dev.sallyport.gateway.relay;

import dev.sallyport.forward.MemoryBudget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.sshd.agent.common.AbstractAgentProxy;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * The agent that a client forwards, over a channel that we open to it (OpenSSH's PROTOCOL, {@code
 * auth-agent@openssh.com}; draft-ietf-sshm-ssh-agent). For one thread at a time.
 */
final class ForwardedAgent extends AbstractAgentProxy {
  static final String CHANNEL = "auth-agent@openssh.com";

  /** OpenSSH's own limit of an agent's message: a client that announces more wants our memory. */
  private static final int LONGEST_MESSAGE = 256 * 1024;

  private final RelayEnd client;

  private ForwardedAgent(RelayEnd client) {
    super(null);
    this.client = client;
  }

  /**
   * Asks the client for its agent.
   *
   * @throws IOException when it has none, or leaves
   */
  static ForwardedAgent open(Session session, MemoryBudget budget)
      throws IOException, InterruptedException {
    RelayEnd client = new RelayEnd(true, budget, nothing -> {}, () -> {});
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
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      while (true) {
        if (!(client.take(Taker.RELAY) instanceof Message.Data data)) {
          throw new IOException("the agent left");
        }
        answer.write(data.bytes(), 0, data.count());
        client.taken(data);
        if (answer.size() >= Integer.BYTES) {
          byte[] bytes = answer.toByteArray();
          int length = ByteBuffer.wrap(bytes).getInt();
          if (length < 0 || length > LONGEST_MESSAGE) {
            throw new IOException("the agent answers with " + length + " bytes");
          }
          if (bytes.length >= Integer.BYTES + length) {
            return new ByteArrayBuffer(bytes, Integer.BYTES, length);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the agent was asked", e);
    }
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
