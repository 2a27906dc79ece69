package dev.sallyport.support.keys;

import dev.sallyport.spi.OfferedKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

/**
 * Reads a binary revocation list (OpenSSH's PROTOCOL.krl). What is not understood to its last byte
 * is no list: a section that is left out is a key that still gets in. For one thread.
 */
final class KrlReader {
  /** {@code SSHKRL\n\0}. */
  private static final long MAGIC = 0x5353484b524c0a00L;

  private static final long FORMAT_VERSION = 1;

  private static final int CERTIFICATES = 1;
  private static final int EXPLICIT_KEY = 2;
  private static final int FINGERPRINT_SHA1 = 3;
  private static final int SIGNATURE = 4;
  private static final int FINGERPRINT_SHA256 = 5;
  private static final int EXTENSION = 255;

  private static final int SERIAL_LIST = 0x20;
  private static final int SERIAL_RANGE = 0x21;
  private static final int SERIAL_BITMAP = 0x22;
  private static final int KEY_ID = 0x23;
  private static final int CERTIFICATES_EXTENSION = 0x39;

  private final byte[] content;
  private final WireReader reader;
  private final RevocationList.Gathered gathered = new RevocationList.Gathered();

  private KrlReader(byte[] content) {
    this.content = content;
    this.reader = new WireReader(content);
  }

  /** Whether it begins as such a list does; half of the beginning is none. */
  static boolean isKrl(byte[] content) {
    return content.length >= Long.BYTES && ByteBuffer.wrap(content).getLong() == MAGIC;
  }

  /** Reads all of it. */
  static RevocationList read(byte[] content) throws MalformedKeyException {
    KrlReader krl = new KrlReader(content);
    krl.readAll();
    return krl.gathered.all();
  }

  private void readAll() throws MalformedKeyException {
    reader.uint64(); // the magic
    if (reader.uint32() != FORMAT_VERSION) {
      throw new MalformedKeyException("its format has a version that is not known here");
    }
    reader.uint64(); // the list's own version
    reader.uint64(); // when it was made
    reader.uint64(); // flags; there are none
    reader.string(); // reserved
    reader.string(); // comment
    boolean signed = false;
    while (!reader.atEnd()) {
      int type = reader.uint8();
      if (type == SIGNATURE) {
        signature();
        signed = true;
      } else if (signed) {
        throw new MalformedKeyException("something follows its signature");
      } else {
        section(type, reader.within());
      }
    }
  }

  private void section(int type, WireReader section) throws MalformedKeyException {
    switch (type) {
      case CERTIFICATES -> certificates(section);
      case EXPLICIT_KEY -> {
        while (!section.atEnd()) {
          gathered.addKey(key(section.string()));
        }
      }
      case FINGERPRINT_SHA1 -> fingerprints(Digest.Kind.SHA1, section);
      case FINGERPRINT_SHA256 -> fingerprints(Digest.Kind.SHA256, section);
      case EXTENSION -> extension(section);
      default -> throw new MalformedKeyException("it has a section that is not known here");
    }
  }

  private static OfferedKey key(byte[] blob) throws MalformedKeyException {
    try {
      return new OfferedKey(blob);
    } catch (IllegalArgumentException e) {
      throw new MalformedKeyException("it has an invalid key");
    }
  }

  private void fingerprints(Digest.Kind kind, WireReader section) throws MalformedKeyException {
    while (!section.atEnd()) {
      byte[] hash = section.string();
      if (hash.length != kind.bytes()) {
        throw new MalformedKeyException("it has a fingerprint in it of the wrong length");
      }
      gathered.add(kind, Digest.of(hash));
    }
  }

  private static void extension(WireReader section) throws MalformedKeyException {
    section.string(); // its name; none is known
    boolean critical = section.uint8() != 0;
    section.string();
    section.end();
    if (critical) {
      throw new MalformedKeyException("it has a critical extension that is not known here");
    }
  }

  /**
   * It gives the list no weight, since the file is trusted for where it lies; but one that does not
   * hold means that the list was changed after it was signed.
   */
  private void signature() throws MalformedKeyException {
    OfferedKey signer = key(reader.string());
    byte[] signed = Arrays.copyOf(content, reader.position());
    byte[] signature = reader.string();
    SignatureAlgorithm.Check check =
        SignatureAlgorithm.verify(
            signer, signed, signature, EnumSet.allOf(SignatureAlgorithm.class));
    if (check instanceof SignatureAlgorithm.Fails(String why)) {
      throw new MalformedKeyException("it " + why);
    }
  }

  private void certificates(WireReader section) throws MalformedKeyException {
    byte[] authority = section.string();
    section.string(); // reserved
    RevokedCertificates.Gathered of =
        authority.length == 0 ? gathered.ofAnyAuthority() : gathered.of(key(authority));
    while (!section.atEnd()) {
      int type = section.uint8();
      WireReader part = section.within();
      switch (type) {
        case SERIAL_LIST -> list(part, of);
        case SERIAL_RANGE -> {
          of.add(range(part.uint64(), part.uint64()));
          part.end();
        }
        case SERIAL_BITMAP -> {
          bitmap(part.uint64(), part.string(), of);
          part.end();
        }
        case KEY_ID -> {
          while (!part.atEnd()) {
            of.add(part.text());
          }
        }
        case CERTIFICATES_EXTENSION -> extension(part);
        default -> throw new MalformedKeyException("it has a section that is not known here");
      }
    }
  }

  private static void list(WireReader part, RevokedCertificates.Gathered of)
      throws MalformedKeyException {
    List<Long> serials = new ArrayList<>();
    while (!part.atEnd()) {
      serials.add(notZero(part.uint64()));
    }
    if (!serials.isEmpty()) {
      of.add(new SerialSet.Listed(serials));
    }
  }

  private static SerialSet range(long first, long last) throws MalformedKeyException {
    if (Long.compareUnsigned(notZero(first), last) > 0) {
      throw new MalformedKeyException(
          "it has a range of serial numbers that ends before it begins");
    }
    return new SerialSet.Range(first, last);
  }

  /** The bits are a number (mpint) whose lowest bit is the offset's. */
  private static void bitmap(long offset, byte[] bits, RevokedCertificates.Gathered of)
      throws MalformedKeyException {
    if (bits.length > 0 && bits[0] < 0) {
      throw new MalformedKeyException("it has a bitmap that is not written as SSH does");
    }
    int high = 0;
    while (high < bits.length && bits[high] == 0) {
      high++;
    }
    if (high == bits.length) {
      return;
    }
    int length = (bits.length - high) * Byte.SIZE - (Integer.numberOfLeadingZeros(bits[high]) - 24);
    boolean ofZero = offset == 0 && (bits[bits.length - 1] & 1) == 1;
    boolean wraps = offset != 0 && Long.compareUnsigned(offset + length - 1, offset) < 0;
    if (ofZero || wraps) {
      throw new MalformedKeyException("it has a bitmap of serial numbers that cannot exist");
    }
    of.add(new SerialSet.Bitmap(offset, bits, length));
  }

  /** As OpenSSH: 0 means that the authority does not count, so it names no certificate. */
  private static long notZero(long serial) throws MalformedKeyException {
    if (serial == 0) {
      throw new MalformedKeyException("it revokes the serial number 0, which names nothing");
    }
    return serial;
  }
}
