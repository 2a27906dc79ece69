package dev.sallyport.support.keys;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A hash of a key, to be looked up. */
record Digest(String hex) {
  /** Hashes that a revocation list can have. */
  enum Kind {
    /** Only names keys here; nothing rests on its strength but that the right ones are refused. */
    SHA1("SHA-1", 20),
    /** FIPS 180-4. */
    SHA256("SHA-256", 32);

    private final String javaName;
    private final int bytes;

    Kind(String javaName, int bytes) {
      this.javaName = javaName;
      this.bytes = bytes;
    }

    /** How long it is. */
    int bytes() {
      return bytes;
    }

    Digest of(byte[] blob) {
      try {
        return Digest.of(MessageDigest.getInstance(javaName).digest(blob));
      } catch (NoSuchAlgorithmException impossible) {
        throw new IllegalStateException("every Java has " + javaName, impossible);
      }
    }
  }

  static Digest of(byte[] hash) {
    return new Digest(HexFormat.of().formatHex(hash));
  }
}
