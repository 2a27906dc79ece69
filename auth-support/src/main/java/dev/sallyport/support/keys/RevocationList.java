package dev.sallyport.support.keys;

import dev.sallyport.spi.OfferedKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What must not log in any more: OpenSSH's RevokedKeys, as a binary list (PROTOCOL.krl) or a list
 * of public keys, one a line. Immutable, for all threads.
 */
public final class RevocationList {
  /**
   * Largest list, in bytes: a 64th of the heap, 5 MiB by default. 4 MiB are half a million serial
   * numbers one by one, or a hundred thousand hashes. In memory a list takes up to seven times its
   * size, and while it is read, or a reload has it twice, there must be room beside what forwards
   * were promised: the server refuses a list with a reason, but a heap that is full ends the
   * server.
   */
  public static final int LARGEST =
      (int) Math.min(Runtime.getRuntime().maxMemory() / 64, 64 * 1024 * 1024);

  private final Set<OfferedKey> keys;
  private final Map<Digest.Kind, Set<Digest>> hashes;
  private final Map<OfferedKey, RevokedCertificates> byAuthority;
  private final RevokedCertificates ofAnyAuthority;

  /** What comes of reading one. */
  public sealed interface Reading {}

  /** All of it was understood. */
  public record Whole(RevocationList list) implements Reading {}

  /**
   * It cannot be used: whatever it revokes, nobody knows.
   *
   * @param what what is wrong, a sentence without its beginning, such as {@code is empty}
   */
  public record Broken(String what) implements Reading {}

  private RevocationList(Gathered gathered) {
    keys = Set.copyOf(gathered.keys);
    hashes = new HashMap<>();
    gathered.hashes.forEach((kind, found) -> hashes.put(kind, Set.copyOf(found)));
    byAuthority = new HashMap<>();
    gathered.byAuthority.forEach((authority, found) -> byAuthority.put(authority, found.all()));
    ofAnyAuthority = gathered.ofAnyAuthority.all();
  }

  /** Reads a file's content; which of the two forms it has shows in its first bytes. */
  public static Reading read(byte[] content) {
    if (content.length == 0) {
      // sshd takes it for a list without keys. It is also what a list is while it is written anew.
      return new Broken("is empty; a list that revokes nothing has a comment (#) in it");
    }
    try {
      return new Whole(KrlReader.isKrl(content) ? KrlReader.read(content) : KeyTexts.read(content));
    } catch (MalformedKeyException e) {
      return new Broken("cannot be understood: " + e.what());
    }
  }

  /**
   * Why the key is revoked, if it is: for a certificate, itself, the key that it certifies or its
   * authority.
   *
   * @return a sentence without a full stop
   */
  public Optional<String> revokes(OfferedKey offered) {
    if (!Certificate.is(offered)) {
      return isListed(offered) ? Optional.of("the key is revoked") : Optional.empty();
    }
    return switch (Certificate.read(offered)) {
      case Certificate.Broken _ -> Optional.of("the certificate cannot be read");
      case Certificate.Whole(Certificate certificate) -> revokes(certificate);
    };
  }

  /** The same, of one that was read before. */
  Optional<String> revokes(Certificate certificate) {
    if (isListed(certificate.key())) {
      return Optional.of("the certificate's key is revoked");
    }
    if (isListed(certificate.authority())) {
      return Optional.of("the certificate's authority is revoked");
    }
    RevokedCertificates ofIts = byAuthority.get(certificate.authority());
    return (ofIts == null ? Optional.<String>empty() : ofIts.revokes(certificate))
        .or(() -> ofAnyAuthority.revokes(certificate));
  }

  private boolean isListed(OfferedKey plain) {
    return keys.contains(plain)
        || hashes.entrySet().stream()
            .anyMatch(of -> of.getValue().contains(of.getKey().of(plain.blob())));
  }

  /** What a list says, as it is read. For one thread. */
  static final class Gathered {
    private final Set<OfferedKey> keys = new HashSet<>();
    private final Map<Digest.Kind, Set<Digest>> hashes = new HashMap<>();
    private final Map<OfferedKey, RevokedCertificates.Gathered> byAuthority = new HashMap<>();
    private final RevokedCertificates.Gathered ofAnyAuthority = new RevokedCertificates.Gathered();

    /** A key; of a certificate the key that it certifies, as in OpenSSH. */
    void addKey(OfferedKey key) throws MalformedKeyException {
      if (!Certificate.is(key)) {
        keys.add(key);
        return;
      }
      switch (Certificate.read(key)) {
        case Certificate.Broken(String what) -> throw new MalformedKeyException(what);
        case Certificate.Whole(Certificate certificate) -> keys.add(certificate.key());
      }
    }

    void add(Digest.Kind kind, Digest hash) {
      hashes.computeIfAbsent(kind, _ -> new HashSet<>()).add(hash);
    }

    RevokedCertificates.Gathered of(OfferedKey authority) {
      return byAuthority.computeIfAbsent(authority, _ -> new RevokedCertificates.Gathered());
    }

    RevokedCertificates.Gathered ofAnyAuthority() {
      return ofAnyAuthority;
    }

    RevocationList all() {
      return new RevocationList(this);
    }
  }
}
