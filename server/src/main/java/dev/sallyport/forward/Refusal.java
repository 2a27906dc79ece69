package dev.sallyport.forward;

import dev.sallyport.model.Denial;
import org.apache.sshd.common.SshConstants;

/** What a denial is in the protocol (RFC 4254, section 5.1). */
public final class Refusal {
  private Refusal() {}

  /** The code of SSH_MSG_CHANNEL_OPEN_FAILURE. */
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
}
