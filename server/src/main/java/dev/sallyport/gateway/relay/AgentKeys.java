package dev.sallyport.gateway.relay;

import dev.sallyport.ssh.PublicKeyBounds;
import java.io.IOException;
import org.apache.sshd.agent.SshAgentConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * An agent's list of keys without those that the library should not read: it is the user's choice
 * what an agent says.
 */
final class AgentKeys {
  /** More than any server lets a client try. */
  private static final int MOST = 64;

  private AgentKeys() {}

  /**
   * Looks at an answer of an agent (draft-ietf-sshm-ssh-agent, section 3.5).
   *
   * @param answer any
   * @return a list of keys with no more than a few, of types that the bastion speaks; another
   *     answer as it is
   * @throws IOException when the list is not whole
   */
  static Buffer only(Buffer answer) throws IOException {
    int start = answer.rpos();
    if (answer.getUByte() != SshAgentConstants.SSH2_AGENT_IDENTITIES_ANSWER) {
      answer.rpos(start);
      return answer;
    }
    Buffer keys = new ByteArrayBuffer();
    int count = 0;
    for (long left = answer.getUInt(); left > 0 && count < MOST; left--) {
      byte[] key = answer.getBytes();
      byte[] comment = answer.getBytes();
      if (isReadable(key)) {
        keys.putBytes(key);
        keys.putBytes(comment);
        count++;
      }
    }
    Buffer list = new ByteArrayBuffer();
    list.putByte(SshAgentConstants.SSH2_AGENT_IDENTITIES_ANSWER);
    list.putUInt(count);
    list.putBuffer(keys);
    return list;
  }

  private static boolean isReadable(byte[] blob) {
    try {
      PublicKeyBounds.check(blob);
      return true;
    } catch (SshException e) {
      return false;
    }
  }
}
