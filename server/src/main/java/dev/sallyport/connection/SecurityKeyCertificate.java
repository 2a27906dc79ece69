package dev.sallyport.connection;

import java.security.PublicKey;
import java.security.SignatureException;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the proof of possession for the certificate of a FIDO key, which the library does not
 * support: the request of RFC 4252, section 7, with a signature of the key within (OpenSSH's
 * PROTOCOL.u2f, "SSH U2F Signatures"). The plugin that accepted the certificate has checked the
 * certificate itself.
 *
 * @param demand the key within, with what its signatures must attest
 * @param signatures the permitted signature algorithms
 * @param algorithms the same, by name
 * @param held called with the signature after it was verified
 */
record SecurityKeyCertificate(
    AuthorizedKeyEntry demand,
    List<NamedFactory<Signature>> signatures,
    Collection<String> algorithms,
    Consumer<byte[]> held) {

  /**
   * Reads the request from the boolean on.
   *
   * @return as for any authentication method: true when possession is proven, null when the client
   *     may prove it now
   * @throws SignatureException when the signature is wrong
   */
  @Nullable Boolean authenticate(ServerSession session, String user, String service, Buffer request)
      throws Exception {
    boolean signed = request.getBoolean();
    String algorithm = request.getString();
    byte[] blob = request.getBytes();
    if (!algorithms.contains(algorithm) || !algorithm.equals(typeOf(blob))) {
      throw new SignatureException("an algorithm that is not one of the certificate's");
    }
    if (!signed) {
      Buffer answer = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_PK_OK);
      answer.putString(algorithm);
      answer.putBytes(blob);
      session.writePacket(answer);
      return null;
    }
    byte[] signature = request.getBytes();
    if (request.available() > 0) {
      throw new SignatureException("something follows the signature");
    }
    Buffer message = new ByteArrayBuffer();
    message.putBytes(session.getSessionId());
    message.putByte(SshConstants.SSH_MSG_USERAUTH_REQUEST);
    message.putString(user);
    message.putString(service);
    message.putString(PublicKeyMethod.NAME);
    message.putBoolean(true);
    message.putString(algorithm);
    message.putBytes(blob);
    PublicKey key =
        demand.resolvePublicKey(session, demand.getLoginOptions(), PublicKeyEntryResolver.FAILING);
    Signature verifier = NamedFactory.create(signatures, demand.getKeyType());
    if (verifier == null) {
      throw new SignatureException("signatures of such keys are not allowed");
    }
    verifier.initVerifier(session, key);
    verifier.update(session, message.getCompactData());
    if (!verifier.verify(session, signature)) {
      throw new SignatureException("the signature does not hold");
    }
    held.accept(signature);
    return true;
  }

  private static String typeOf(byte[] blob) {
    return new ByteArrayBuffer(blob).getString();
  }
}
