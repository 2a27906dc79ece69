package dev.sallyport.support.keys;

import dev.sallyport.spi.OfferedKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A certificate as OpenSSH's PROTOCOL.certkeys describes it, every field read and none believed:
 * {@link CertificateRules} judges it. Immutable.
 */
public final class Certificate {
  /** What the type of every certificate ends with. */
  private static final String SUFFIX = "-cert-v01@openssh.com";

  /**
   * Largest certificate, in bytes. One of the longest RSA keys, signed by such a key, takes 7 KiB
   * without its names; a stranger must not have the bastion take apart what only fills memory.
   */
  public static final int LARGEST = 64 * 1024;

  /** Most principals, as OpenSSH (SSHKEY_CERT_MAX_PRINCIPALS). */
  private static final int MOST_PRINCIPALS = 256;

  /** Most critical options, and most extensions; each is looked at. */
  private static final int MOST_OPTIONS = 256;

  /** PROTOCOL.certkeys: SSH_CERT_TYPE_USER. */
  private static final long USER = 1;

  /** PROTOCOL.certkeys: SSH_CERT_TYPE_HOST. */
  private static final long HOST = 2;

  /** What a certificate is for. */
  enum Purpose {
    /** To log in. */
    USER,
    /** To be a server. */
    HOST
  }

  /** What comes of reading one. */
  public sealed interface Reading {}

  /** Every field is there, in order, and nothing after them. */
  public record Whole(Certificate certificate) implements Reading {}

  /**
   * It cannot be read.
   *
   * @param what what is wrong; nothing of its bytes
   */
  public record Broken(String what) implements Reading {}

  private final OfferedKey key;
  private final KeyType keyType;
  private final KeyBlob quality;
  private final long serial;
  private final Purpose purpose;
  private final String keyId;
  private final List<String> principals;
  private final long validAfter;
  private final long validBefore;
  private final List<CertificateOption> critical;
  private final List<CertificateOption> extensions;
  private final OfferedKey authority;
  private final byte[] signed;
  private final byte[] signature;

  private Certificate(byte[] blob, KeyType of) throws MalformedKeyException {
    WireReader reader = new WireReader(blob);
    reader.string(); // its type
    reader.string(); // the nonce
    keyType = of;
    byte[] plain = plainKey(reader, of);
    key = new OfferedKey(plain);
    quality = KeyBlob.judge(of, of.wireName(), plain);
    if (quality instanceof KeyBlob.Broken(String what)) {
      throw new MalformedKeyException("the key within is broken: " + what);
    }
    serial = reader.uint64();
    purpose = purpose(reader.uint32());
    keyId = reader.text();
    principals = principals(reader.within());
    validAfter = reader.uint64();
    validBefore = reader.uint64();
    critical = options(reader.within());
    extensions = options(reader.within());
    reader.string(); // reserved; OpenSSH takes anything there
    authority = authority(reader.string());
    signed = Arrays.copyOf(blob, reader.position());
    signature = reader.string();
    reader.end();
  }

  /** Whether the key is a certificate at all, by the type that it names. */
  public static boolean is(OfferedKey key) {
    return key.type().endsWith(SUFFIX);
  }

  /** Reads one from what a client offers, or a file has. */
  public static Reading read(OfferedKey offered) {
    byte[] blob = offered.blob();
    if (blob.length > LARGEST) {
      return new Broken("it is larger than " + LARGEST + " bytes");
    }
    Optional<KeyType> type = keyType(offered.type());
    if (type.isEmpty()) {
      return new Broken("it is of a type that is not known here");
    }
    try {
      return new Whole(new Certificate(blob, type.get()));
    } catch (MalformedKeyException e) {
      return new Broken(e.what());
    }
  }

  /**
   * {@code ssh-rsa-cert-v01@openssh.com} holds a key of type {@code ssh-rsa}; {@code
   * sk-ssh-ed25519-cert-v01@openssh.com} one of type {@code sk-ssh-ed25519@openssh.com}.
   */
  private static Optional<KeyType> keyType(String type) {
    if (!type.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    String name = type.substring(0, type.length() - SUFFIX.length());
    return KeyType.of(name.startsWith("sk-") ? name + "@openssh.com" : name);
  }

  /** A certificate has the fields of its key between the nonce and the serial number. */
  private static byte[] plainKey(WireReader reader, KeyType type) throws MalformedKeyException {
    List<byte[]> fields = new ArrayList<>();
    fields.add(type.wireName().getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < type.fields(); i++) {
      fields.add(reader.string());
    }
    return Wire.strings(fields);
  }

  private static Purpose purpose(long code) throws MalformedKeyException {
    if (code == USER) {
      return Purpose.USER;
    }
    if (code == HOST) {
      return Purpose.HOST;
    }
    throw new MalformedKeyException("it says neither that it is a user's nor that it is a host's");
  }

  private static List<String> principals(WireReader reader) throws MalformedKeyException {
    List<String> names = new ArrayList<>();
    while (!reader.atEnd()) {
      if (names.size() == MOST_PRINCIPALS) {
        throw new MalformedKeyException("it has more than " + MOST_PRINCIPALS + " principals");
      }
      names.add(reader.text());
    }
    return List.copyOf(names);
  }

  /**
   * Each is a name and, packed in a string of its own, a value. PROTOCOL.certkeys wants them in
   * order, which OpenSSH does not check and other authorities do not heed; twice the same name is
   * refused, because readers would differ in which counts.
   */
  private static List<CertificateOption> options(WireReader reader) throws MalformedKeyException {
    List<CertificateOption> options = new ArrayList<>();
    Set<String> names = new HashSet<>();
    while (!reader.atEnd()) {
      if (options.size() == MOST_OPTIONS) {
        throw new MalformedKeyException("it has more than " + MOST_OPTIONS + " options");
      }
      String name = reader.text();
      byte[] data = reader.string();
      if (!names.add(name)) {
        throw new MalformedKeyException("it has the same option twice");
      }
      options.add(new CertificateOption(name, value(data)));
    }
    return List.copyOf(options);
  }

  private static Optional<String> value(byte[] data) {
    if (data.length == 0) {
      return Optional.of("");
    }
    try {
      WireReader packed = new WireReader(data);
      String value = packed.text();
      packed.end();
      return Optional.of(value);
    } catch (MalformedKeyException e) {
      return Optional.empty();
    }
  }

  private static OfferedKey authority(byte[] blob) throws MalformedKeyException {
    try {
      OfferedKey authority = new OfferedKey(blob);
      if (is(authority)) {
        throw new MalformedKeyException("its authority is a certificate, and there are no chains");
      }
      return authority;
    } catch (IllegalArgumentException e) {
      throw new MalformedKeyException("its authority is not a key");
    }
  }

  /** The key that it certifies, as a plain one. */
  public OfferedKey key() {
    return key;
  }

  KeyType keyType() {
    return keyType;
  }

  /** Whether the key that it certifies is good enough. */
  KeyBlob quality() {
    return quality;
  }

  /** What the authority counts its certificates with; without a sign. 0 when it does not count. */
  public long serial() {
    return serial;
  }

  Purpose purpose() {
    return purpose;
  }

  /** What the authority calls it; any text. */
  public String keyId() {
    return keyId;
  }

  /** Whom it may speak for. Each is one name, whatever is in it, a comma too. */
  public List<String> principals() {
    return principals;
  }

  /** Whether it has begun by then. */
  boolean hasBegun(Instant at) {
    return at.getEpochSecond() >= 0 && Long.compareUnsigned(at.getEpochSecond(), validAfter) >= 0;
  }

  /** Whether it is over by then. */
  boolean hasEnded(Instant at) {
    return at.getEpochSecond() < 0 || Long.compareUnsigned(at.getEpochSecond(), validBefore) >= 0;
  }

  /** From when on it counts, if Java has a name for that moment. */
  Optional<Instant> begin() {
    return moment(validAfter);
  }

  /** When it ends; none when it never does, or so late that Java has no name for the moment. */
  Optional<Instant> end() {
    return moment(validBefore);
  }

  private static Optional<Instant> moment(long seconds) {
    return seconds < 0 || seconds > Instant.MAX.getEpochSecond()
        ? Optional.empty()
        : Optional.of(Instant.ofEpochSecond(seconds));
  }

  List<CertificateOption> critical() {
    return critical;
  }

  List<CertificateOption> extensions() {
    return extensions;
  }

  /** Who signed it, as it says itself. */
  public OfferedKey authority() {
    return authority;
  }

  /** What the signature is over: everything before it. */
  byte[] signed() {
    return signed.clone();
  }

  byte[] signature() {
    return signature.clone();
  }
}
