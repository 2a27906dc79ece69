package dev.sallyport.gateway.relay;

import dev.sallyport.ssh.PublicKeyBounds;
import java.io.IOException;
import org.apache.sshd.agent.SshAgentConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * Removes the keys from an agent's list that the library must not parse. The user controls what the
 * agent answers.
 */
final class AgentKeys {
  /** Most keys of a list. No server lets a client try as many. */
  private static final int MOST = 64;

  private AgentKeys() {}

  /**
   * Filters an answer of an agent (draft-ietf-sshm-ssh-agent, section 3.5).
   *
   * @param answer any
   * @return of a list of keys, the first {@link #MOST} of types that the bastion supports; any
   *     other answer unchanged
   * @throws IOException when the list is truncated
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
