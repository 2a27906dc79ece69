package dev.sallyport.support.keys;

import java.util.Arrays;
import java.util.Optional;

/** The types of key that can log in. */
enum KeyType {
  /** RFC 4253, section 6.6. */
  RSA("ssh-rsa", 2),
  /** RFC 8709, section 4. */
  ED25519("ssh-ed25519", 1),
  /** RFC 5656, section 3.1. */
  ECDSA_256("ecdsa-sha2-nistp256", 2),
  /** RFC 5656, section 3.1. */
  ECDSA_384("ecdsa-sha2-nistp384", 2),
  /** RFC 5656, section 3.1. */
  ECDSA_521("ecdsa-sha2-nistp521", 2),
  /** OpenSSH's PROTOCOL.u2f. */
  SK_ED25519("sk-ssh-ed25519@openssh.com", 2),
  /** OpenSSH's PROTOCOL.u2f. */
  SK_ECDSA_256("sk-ecdsa-sha2-nistp256@openssh.com", 3);

  private final String wireName;
  private final int fields;

  KeyType(String wireName, int fields) {
    this.wireName = wireName;
    this.fields = fields;
  }

  String wireName() {
    return wireName;
  }

  /** How many strings and numbers follow the name in the wire encoding. */
  int fields() {
    return fields;
  }

  static Optional<KeyType> of(String wireName) {
    return Arrays.stream(values()).filter(type -> type.wireName.equals(wireName)).findFirst();
  }

  /** Why keys of a type that OpenSSH has are refused here; empty for every other name. */
  static Optional<String> whyRefused(String wireName) {
    if (wireName.equals("ssh-dss")) {
      return Optional.of("DSA keys are too weak; make an ed25519 key");
    }
    if (wireName.endsWith("-cert-v01@openssh.com")) {
      return Optional.of("it is a certificate, which cannot stand in a file of keys");
    }
    return Optional.empty();
  }

  /** Whether a FIDO authenticator holds the key, and can attest touch and verification. */
  boolean isFido() {
    return this == SK_ED25519 || this == SK_ECDSA_256;
  }
}
