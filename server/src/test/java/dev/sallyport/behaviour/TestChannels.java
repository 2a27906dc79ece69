package dev.sallyport.behaviour;

import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.gateway.inspect.InnerChannels;
import dev.sallyport.gateway.inspect.InnerConnection;
import dev.sallyport.model.Denial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.RemoteWindow;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;

/**
 * Sessions that know three commands: {@code who} tells the login and where the session is, {@code
 * zeros N} sends so many bytes, {@code count} tells how many it got; all others wait. Forwards are
 * never confirmed.
 */
final class TestChannels {
  final AtomicLong open = new AtomicLong();
  final AtomicLong sent = new AtomicLong();
  final CountDownLatch ended = new CountDownLatch(1);

  InnerChannels of(InnerConnection connection) {
    return new Channels(connection);
  }

  private final class Channels implements InnerChannels {
    private final InnerConnection connection;

    Channels(InnerConnection connection) {
      this.connection = connection;
    }

    @Override
    public Optional<Denial> whyNot() {
      return Optional.empty();
    }

    @Override
    public Channel newSession(Runnable over) {
      open.incrementAndGet();
      return new Session(
          connection,
          () -> {
            open.decrementAndGet();
            over.run();
          });
    }

    @Override
    public Channel newForward(Runnable over) {
      return newSession(over);
    }

    @Override
    public void reconsider() {}

    @Override
    public void ended() {
      ended.countDown();
    }
  }

  private final class Session extends AbstractServerChannel {
    private final InnerConnection connection;
    private final Runnable over;
    private long received;
    private boolean counts;

    Session(InnerConnection connection, Runnable over) {
      super("", List.of(), null);
      this.connection = connection;
      this.over = over;
    }

    @Override
    public void handleRequest(Buffer buffer) throws IOException {
      String request = buffer.getString();
      boolean wantReply = buffer.getBoolean();
      if (wantReply) {
        Buffer reply = connection.createBuffer(SshConstants.SSH_MSG_CHANNEL_SUCCESS);
        reply.putUInt(getRecipient());
        writePacket(reply);
      }
      if (request.equals("exec")) {
        String command = buffer.getString();
        switch (command.split(" ")[0]) {
          case "who" ->
              finish(
                  "%s on %s by rule %s\n"
                      .formatted(
                          connection.login(),
                          connection.forward().target().shown(),
                          connection.dialled().candidate().rule()));
          case "zeros" -> {
            long count = Long.parseLong(command.substring("zeros ".length()));
            Thread.ofVirtual().start(() -> sendZeros(count));
          }
          case "count" -> counts = true;
          default -> {}
        }
      }
    }

    private void sendZeros(long count) {
      try {
        byte[] some = new byte[ForwardWindow.PACKET];
        RemoteWindow window = getRemoteWindow();
        for (long left = count; left > 0; ) {
          int size = (int) Math.min(left, Math.min(some.length, window.getPacketSize()));
          window.waitAndConsume(size, java.time.Duration.ofMinutes(1));
          send(some, size);
          left -= size;
          sent.addAndGet(size);
        }
        end();
      } catch (IOException | InterruptedException clientGone) {
        close(true);
      }
    }

    private void finish(String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      send(bytes, bytes.length);
      end();
    }

    private void send(byte[] bytes, int count) throws IOException {
      Buffer packet = connection.createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, count + 64);
      packet.putUInt(getRecipient());
      packet.putBytes(bytes, 0, count);
      writePacket(packet);
    }

    private void end() throws IOException {
      sendExitStatus(0);
      sendEof();
      close(false);
    }

    @Override
    protected void doWriteData(byte[] data, int offset, long length) throws IOException {
      received += length;
      getLocalWindow().release(length);
    }

    @Override
    protected void doWriteExtendedData(byte[] data, int offset, long length) {}

    @Override
    public void handleEof() throws IOException {
      super.handleEof();
      if (counts) {
        finish(received + "\n");
      }
    }

    @Override
    public void handleChannelUnregistration(ConnectionService service) {
      super.handleChannelUnregistration(service);
      over.run();
    }
  }
}
