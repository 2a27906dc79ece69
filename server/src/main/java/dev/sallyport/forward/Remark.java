package dev.sallyport.forward;

import java.io.IOException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * A message to the client's user outside of all channels (SSH_MSG_DEBUG; RFC 4253, section 11.3).
 */
public final class Remark {
  private Remark() {}

  /**
   * Sends the message. Waits for a client that does not read.
   *
   * @param sentence without a full stop; escaped
   * @throws IOException when the client has left
   */
  public static void send(Session session, String sentence) throws IOException {
    Buffer packet = session.createBuffer(SshConstants.SSH_MSG_DEBUG);
    packet.putBoolean(true);
    packet.putString("sallyport: " + sentence);
    packet.putString("en");
    session.writePacket(packet);
  }
}
