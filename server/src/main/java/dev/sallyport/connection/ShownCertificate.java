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
 * What an OpenSSH user certificate says of itself (PROTOCOL.certkeys), for the audit log, and the
 * key in it, for the proof of possession. Whether it counts is for the plugins to say.
 *
 * @param key as a plain one
 */
record ShownCertificate(OfferedKey key, AuditEvent.Certificate audited) {
  private static final String SUFFIX = "-cert-v01@openssh.com";

  /**
   * Longest key id kept, in characters. Whoever asks about a key has proven nothing, and what they
   * asked about is kept until they leave.
   */
  static final int LONGEST_KEY_ID = 512;

  /** The keys that can be certified, each with the number of strings that follow its name. */
  private static final Map<String, Integer> FIELDS =
      Map.of(
          "ssh-rsa", 2,
          "ssh-ed25519", 1,
          "ecdsa-sha2-nistp256", 2,
          "ecdsa-sha2-nistp384", 2,
          "ecdsa-sha2-nistp521", 2,
          "sk-ssh-ed25519@openssh.com", 2,
          "sk-ecdsa-sha2-nistp256@openssh.com", 3);

  /** Reads a certificate; of a plain key, and of a certificate that is not whole, nothing. */
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
