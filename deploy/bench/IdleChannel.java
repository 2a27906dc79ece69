import java.io.IOException;
import org.apache.sshd.client.channel.AbstractClientChannel;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;

/** A session that is opened, and asked for nothing (RFC 4254, section 6.1). */
final class IdleChannel extends AbstractClientChannel {
  private static final int WINDOW = 64 * 1024;
  private static final int PACKET = 32 * 1024;

  private IdleChannel() {
    super("session");
  }

  static IdleChannel open(ClientSession session) throws IOException {
    IdleChannel channel = new IdleChannel();
    session.getService(ConnectionService.class).registerChannel(channel);
    channel.open().verify(20_000);
    return channel;
  }

  @Override
  protected void doOpen() {
    // Nothing is asked for.
  }

  /** Sends as much as the first window takes. */
  void fill() throws IOException {
    for (int sent = 0; sent < WINDOW; sent += PACKET) {
      Buffer packet = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, PACKET + 64);
      packet.putUInt(getRecipient());
      packet.putBytes(new byte[PACKET]);
      writePacket(packet);
    }
  }
}
