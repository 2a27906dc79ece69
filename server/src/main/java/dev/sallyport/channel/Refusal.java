package dev.sallyport.channel;

import dev.sallyport.model.Denial;
import java.io.IOException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/** SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254, section 5.1): its reason codes, and the packet. */
public final class Refusal {
  private Refusal() {}

  /** The reason code of a denial. */
  public static int code(Denial.Reason reason) {
    return switch (reason) {
      case NO_RULE,
          NOT_PRIVATE,
          LOOPBACK,
          UNSPECIFIED,
          LINK_LOCAL,
          MULTICAST,
          BROADCAST,
          METADATA_SERVICE,
          OWN_ADDRESS,
          MALFORMED_TARGET,
          SECOND_FACTOR,
          RESTRICTED,
          NO_RECORD ->
          SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED;
      case UNRESOLVED -> SshConstants.SSH_OPEN_CONNECT_FAILED;
      case LIMIT -> SshConstants.SSH_OPEN_RESOURCE_SHORTAGE;
    };
  }

  /**
   * Refuses a channel that the peer asked for. Waits for a peer that does not read.
   *
   * @param recipient the peer's number of the channel
   * @param code the reason code
   * @param text for the peer's user
   * @throws IOException when the peer has left
   */
  public static void send(Session session, long recipient, int code, String text)
      throws IOException {
    Buffer packet = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE);
    packet.putUInt(recipient);
    packet.putUInt(code);
    packet.putString(text);
    packet.putString("en");
    session.writePacket(packet);
  }
}
