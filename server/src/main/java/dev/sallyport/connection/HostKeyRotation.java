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
 * Announces all host keys to clients, and proves their possession (OpenSSH's PROTOCOL, section
 * 2.5), so that clients learn a new key by UpdateHostKeys.
 */
final class HostKeyRotation {
  /** The request that announces the keys. */
  private static final String ANNOUNCE = "hostkeys-00@openssh.com";

  /** The client's request for proofs. The signed data begins with this name. */
  static final String PROVE = "hostkeys-prove-00@openssh.com";

  private static final String RSA_SIGNATURE = KeyUtils.RSA_SHA512_KEY_TYPE_ALIAS;

  /**
   * Keys by their wire encoding (RFC 4253, section 6.6), by which clients refer to them; in order.
   */
  private final Map<ByteBuffer, KeyPair> keys = new LinkedHashMap<>();

  HostKeyRotation(HostKeys keys) {
    keys.all().forEach(key -> this.keys.put(ByteBuffer.wrap(blobOf(key)), key));
  }

  /** Sends all public keys. Called once, after SSH_MSG_USERAUTH_SUCCESS was sent. */
  void announce(Session session) throws IOException {
    Buffer packet = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
    packet.putString(ANNOUNCE);
    packet.putBoolean(false);
    blobs().forEach(packet::putBytes);
    session.writePacket(packet);
  }

  /**
   * Answers a request for proofs.
   *
   * @param request the data after the request's name: the blobs of the keys
   * @return false when the client named a key that is not the bastion's
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
      // At most one signature for each key, because a signature costs the bastion more than a
      // request costs the client.
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

  /**
   * An RSA key signs with the algorithm of the key exchange, if that was RSA too, as OpenSSH's
   * client demands.
   */
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

  /** The announced keys in their wire encoding. */
  List<byte[]> blobs() {
    return keys.keySet().stream().map(ByteBuffer::array).toList();
  }
}
