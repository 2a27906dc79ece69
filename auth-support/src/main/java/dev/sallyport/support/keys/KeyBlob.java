package dev.sallyport.support.keys;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** What a key's wire encoding is worth, judged by its structure; the curve's maths is not done. */
sealed interface KeyBlob {
  /** Every field is there, of the right length, and nothing after them. */
  record Whole() implements KeyBlob {}

  /**
   * Whole, and not good enough to log in with.
   *
   * @param reason why
   */
  record Weak(String reason) implements KeyBlob {}

  /**
   * Not a key.
   *
   * @param what what is wrong with it; nothing of its bytes
   */
  record Broken(String what) implements KeyBlob {}

  /** Shortest modulus; shorter ones can be factored (NIST SP 800-131A). */
  int SHORTEST_RSA_BITS = 2048;

  /** Longest modulus, as OpenSSH: beyond it verifying costs the bastion too much. */
  int LONGEST_RSA_BITS = 16_384;

  /** Longest public exponent (FIPS 186-5, section 5.1): beyond it verifying costs too much. */
  int LONGEST_RSA_EXPONENT_BITS = 256;

  /** Judges a blob that stands in a line for a key of that type. */
  static KeyBlob judge(KeyType type, String wireName, byte[] blob) {
    try {
      WireReader reader = new WireReader(blob);
      if (!new String(reader.string(), StandardCharsets.ISO_8859_1).equals(wireName)) {
        return new Broken("the key within is of another type than the line says");
      }
      KeyBlob fields =
          switch (type) {
            case RSA -> rsa(reader);
            case ED25519 -> point(reader, 32);
            case ECDSA_256 -> curve(reader, "nistp256", 32);
            case ECDSA_384 -> curve(reader, "nistp384", 48);
            case ECDSA_521 -> curve(reader, "nistp521", 66);
            case SK_ED25519 -> application(reader, point(reader, 32));
            case SK_ECDSA_256 -> application(reader, curve(reader, "nistp256", 32));
          };
      reader.end();
      return fields;
    } catch (MalformedKeyException e) {
      return new Broken(e.what());
    }
  }

  private static KeyBlob rsa(WireReader reader) throws MalformedKeyException {
    BigInteger exponent = reader.mpint();
    BigInteger modulus = reader.mpint();
    if (!exponent.testBit(0) || exponent.bitLength() < 2 || !modulus.testBit(0)) {
      return new Broken("its numbers are not those of an RSA key");
    }
    int bits = modulus.bitLength();
    if (bits < SHORTEST_RSA_BITS) {
      return new Weak(
          "an RSA key of " + bits + " bits is too weak, at least " + SHORTEST_RSA_BITS + " needed");
    }
    if (bits > LONGEST_RSA_BITS) {
      return new Weak("an RSA key of more than " + LONGEST_RSA_BITS + " bits is too costly");
    }
    if (exponent.bitLength() > LONGEST_RSA_EXPONENT_BITS) {
      return new Weak(
          "an RSA key with an exponent of more than "
              + LONGEST_RSA_EXPONENT_BITS
              + " bits is too costly");
    }
    return new Whole();
  }

  private static KeyBlob point(WireReader reader, int length) throws MalformedKeyException {
    int found = reader.string().length;
    return found == length ? new Whole() : new Broken("its point has " + found + " bytes");
  }

  private static KeyBlob curve(WireReader reader, String name, int coordinate)
      throws MalformedKeyException {
    if (!new String(reader.string(), StandardCharsets.ISO_8859_1).equals(name)) {
      return new Broken("it names another curve than its type");
    }
    byte[] point = reader.string();
    // SEC 1, section 2.3.3: 4 marks the uncompressed form, the only one SSH keys use.
    if (point.length != 1 + 2 * coordinate || point[0] != 4) {
      return new Broken("its point is not of the curve's size, uncompressed");
    }
    return new Whole();
  }

  private static KeyBlob application(WireReader reader, KeyBlob key) throws MalformedKeyException {
    return reader.string().length == 0 ? new Broken("it names no FIDO application") : key;
  }
}
