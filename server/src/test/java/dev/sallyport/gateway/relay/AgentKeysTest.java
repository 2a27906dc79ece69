package dev.sallyport.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.agent.SshAgentConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;

final class AgentKeysTest {
  private static byte[] ed25519() throws Exception {
    Buffer blob = new ByteArrayBuffer();
    blob.putRawPublicKey(KeyUtils.generateKeyPair("ssh-ed25519", 256).getPublic());
    return blob.getCompactData();
  }

  private static byte[] costly() {
    Buffer blob = new ByteArrayBuffer();
    blob.putString("ssh-dss");
    for (int i = 0; i < 4; i++) {
      blob.putMPInt(BigInteger.ONE.shiftLeft(60_000));
    }
    return blob.getCompactData();
  }

  private static Buffer list(List<byte[]> keys) {
    Buffer list = new ByteArrayBuffer();
    list.putByte(SshAgentConstants.SSH2_AGENT_IDENTITIES_ANSWER);
    list.putUInt(keys.size());
    for (byte[] key : keys) {
      list.putBytes(key);
      list.putString("a comment");
    }
    return list;
  }

  private static List<byte[]> keys(Buffer list) {
    assertThat(list.getByte()).isEqualTo(SshAgentConstants.SSH2_AGENT_IDENTITIES_ANSWER);
    List<byte[]> keys = new ArrayList<>();
    for (long left = list.getUInt(); left > 0; left--) {
      keys.add(list.getBytes());
      assertThat(list.getString()).isEqualTo("a comment");
    }
    assertThat(list.available()).isZero();
    return keys;
  }

  @Test
  void aKeyThatIsTooCostlyIsPassedOver() throws Exception {
    byte[] first = ed25519();
    byte[] last = ed25519();
    assertThat(keys(AgentKeys.only(list(List.of(first, costly(), last)))))
        .containsExactly(first, last);
  }

  @Test
  void soManyAreReadAndNoMore() throws Exception {
    List<byte[]> many = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      many.add(ed25519());
    }
    assertThat(keys(AgentKeys.only(list(many)))).containsExactlyElementsOf(many.subList(0, 64));
  }

  @Test
  void anotherAnswerStaysAsItIs() throws Exception {
    Buffer signature = new ByteArrayBuffer();
    signature.putByte(SshAgentConstants.SSH2_AGENT_SIGN_RESPONSE);
    signature.putBytes(new byte[64]);
    byte[] before = signature.getCompactData();
    assertThat(AgentKeys.only(signature).getCompactData()).isEqualTo(before);
  }

  @Test
  void aListThatIsNotWholeIsRefused() {
    Buffer list = new ByteArrayBuffer();
    list.putByte(SshAgentConstants.SSH2_AGENT_IDENTITIES_ANSWER);
    list.putUInt(0xffff_ffffL);
    list.putBytes(new byte[10]);
    assertThatThrownBy(() -> AgentKeys.only(list)).isInstanceOf(RuntimeException.class);
  }
}
