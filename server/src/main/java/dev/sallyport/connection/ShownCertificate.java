package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.SafeJson;
import dev.sallyport.spi.OfferedKey;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * The contents of an OpenSSH user certificate (PROTOCOL.certkeys), for the audit log, and its key,
 * for the proof of possession. The plugins decide whether it is accepted.
 *
 * @param key the plain key
 */
record ShownCertificate(OfferedKey key, AuditEvent.Certificate audited) {
  private static final String SUFFIX = "-cert-v01@openssh.com";

  /**
   * Longest key id that is kept, in characters: queries of unauthenticated clients are kept until
   * they leave.
   */
  static final int LONGEST_KEY_ID = 512;

  /** The types of certified keys, each with the number of strings that follow its name. */
  private static final Map<String, Integer> FIELDS =
      Map.of(
          "ssh-rsa", 2,
          "ssh-ed25519", 1,
          "ecdsa-sha2-nistp256", 2,
          "ecdsa-sha2-nistp384", 2,
          "ecdsa-sha2-nistp521", 2,
          "sk-ssh-ed25519@openssh.com", 2,
          "sk-ecdsa-sha2-nistp256@openssh.com", 3);

  /** Reads a certificate; empty for a plain key and for a truncated certificate. */
  static Optional<ShownCertificate> of(OfferedKey offered) {
    if (!offered.type().endsWith(SUFFIX)) {
      return Optional.empty();
    }
    String name = offered.type().substring(0, offered.type().length() - SUFFIX.length());
    String plain = name.startsWith("sk-") ? name + "@openssh.com" : name;
    Integer fields = FIELDS.get(plain);
    if (fields == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(ByteBuffer.wrap(offered.blob()), plain, fields));
    } catch (BufferUnderflowException | IllegalArgumentException notWhole) {
      return Optional.empty();
    }
  }

  private static ShownCertificate read(ByteBuffer rest, String type, int fields) {
    string(rest); // its type
    string(rest); // the nonce
    ByteArrayOutputStream key = new ByteArrayOutputStream();
    write(key, type.getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < fields; i++) {
      write(key, string(rest));
    }
    long serial = rest.getLong();
    rest.getInt(); // a user's or a host's
    String keyId =
        SafeJson.bounded(new String(string(rest), StandardCharsets.UTF_8), LONGEST_KEY_ID);
    string(rest); // principals
    rest.getLong(); // valid after
    rest.getLong(); // valid before
    string(rest); // critical options
    string(rest); // extensions
    string(rest); // reserved
    OfferedKey authority = new OfferedKey(string(rest));
    return new ShownCertificate(
        new OfferedKey(key.toByteArray()),
        new AuditEvent.Certificate(keyId, Long.toUnsignedString(serial), authority.fingerprint()));
  }

  private static byte[] string(ByteBuffer rest) {
    int length = rest.getInt();
    if (length < 0 || length > rest.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    rest.get(bytes);
    return bytes;
  }

  private static void write(ByteArrayOutputStream out, byte[] string) {
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(string.length).array());
    out.writeBytes(string);
  }

  /** Whether a FIDO authenticator holds the key. */
  boolean isOfSecurityKey() {
    return key.type().startsWith("sk-");
  }
}
