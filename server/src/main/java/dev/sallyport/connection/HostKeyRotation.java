package dev.sallyport.connection;

import dev.sallyport.ssh.ServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * Tells clients all host keys and proves that we have them (OpenSSH's PROTOCOL, section 2.5), so
 * that UpdateHostKeys carries a client over to a new key.
 */
final class HostKeyRotation {
  /** The announcement. */
  private static final String ANNOUNCE = "hostkeys-00@openssh.com";

  /** The client's question, and what each answer's signature begins with. */
  static final String PROVE = "hostkeys-prove-00@openssh.com";

  private static final String RSA_SIGNATURE = KeyUtils.RSA_SHA512_KEY_TYPE_ALIAS;

  /** By wire encoding (RFC 4253, section 6.6), which is how clients name them; in order. */
  private final Map<ByteBuffer, KeyPair> keys = new LinkedHashMap<>();

  HostKeyRotation(HostKeys keys) {
    keys.all().forEach(key -> this.keys.put(ByteBuffer.wrap(blobOf(key)), key));
  }

  /**
   * Sends all public keys; to be called once, after the client has heard that it is authenticated.
   */
  void announce(Session session) throws IOException {
    Buffer packet = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
    packet.putString(ANNOUNCE);
    packet.putBoolean(false);
    blobs().forEach(packet::putBytes);
    session.writePacket(packet);
  }

  /**
   * Answers the question for proofs.
   *
   * @param request what follows the request's name: one blob a key
   * @return whether it was answered; false when the client named a key that is not ours
   */
  boolean prove(ServerConnection session, Buffer request) throws Exception {
    session.work().awaitRate();
    return session.work().compute(() -> proven(session, request));
  }

  private boolean proven(Session session, Buffer request) throws Exception {
    Buffer answer = session.createBuffer(SshConstants.SSH_MSG_REQUEST_SUCCESS);
    int asked = 0;
    while (request.available() > 0) {
      byte[] blob = request.getBytes();
      // No more signatures than we have keys: each costs us more than it costs the client to ask.
      if (++asked > keys.size()) {
        return false;
      }
      KeyPair key = keys.get(ByteBuffer.wrap(blob));
      if (key == null) {
        return false;
      }
      answer.putBytes(sign(session, key, blob));
    }
    session.writePacket(answer);
    return true;
  }

  private static byte[] sign(Session session, KeyPair key, byte[] blob) throws Exception {
    String algorithm = algorithmFor(session, key);
    Signature signer = NamedFactory.create(session.getSignatureFactories(), algorithm);
    if (signer == null) {
      throw new IOException("no signature algorithm for a host key of type " + algorithm);
    }
    Buffer proof = new ByteArrayBuffer();
    proof.putString(PROVE);
    proof.putBytes(session.getSessionId());
    proof.putBytes(blob);
    signer.initSigner(session, key.getPrivate());
    signer.update(session, proof.getCompactData());
    Buffer signature = new ByteArrayBuffer();
    signature.putString(algorithm);
    signature.putBytes(signer.sign(session));
    return signature.getCompactData();
  }

  /** RSA signs as in the key exchange if that was RSA, which is what OpenSSH's client checks. */
  private static String algorithmFor(Session session, KeyPair key) {
    String type = HostKeys.typeOf(key);
    if (!type.equals(KeyPairProvider.SSH_RSA)) {
      return type;
    }
    String negotiated = session.getNegotiatedKexParameter(KexProposalOption.SERVERKEYS);
    return negotiated != null && negotiated.startsWith("rsa-") ? negotiated : RSA_SIGNATURE;
  }

  private static byte[] blobOf(KeyPair key) {
    Buffer blob = new ByteArrayBuffer();
    blob.putRawPublicKey(key.getPublic());
    return blob.getCompactData();
  }

  /** What is announced: the wire encodings of all keys. */
  List<byte[]> blobs() {
    return keys.keySet().stream().map(ByteBuffer::array).toList();
  }
}
