package dev.sallyport.support.keys;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The certificates of one authority, or of any, that are revoked. */
final class RevokedCertificates {
  private final RevokedSerials serials;
  private final Set<String> keyIds;

  private RevokedCertificates(Gathered gathered) {
    serials = new RevokedSerials(gathered.serials);
    keyIds = Set.copyOf(gathered.keyIds);
  }

  /** Why it is revoked, if it is. */
  Optional<String> revokes(Certificate certificate) {
    if (keyIds.contains(certificate.keyId())) {
      return Optional.of("certificates with its key id are revoked");
    }
    // 0 is what authorities write that do not count; OpenSSH cannot revoke it either.
    if (certificate.serial() != 0 && serials.has(certificate.serial())) {
      return Optional.of(
          "the certificate with serial number "
              + Long.toUnsignedString(certificate.serial())
              + " is revoked");
    }
    return Optional.empty();
  }

  /** What one or more sections of a list say, as they are read. For one thread. */
  static final class Gathered {
    private final List<SerialSet> serials = new ArrayList<>();
    private final Set<String> keyIds = new HashSet<>();

    void add(SerialSet set) {
      serials.add(set);
    }

    void add(String keyId) {
      keyIds.add(keyId);
    }

    RevokedCertificates all() {
      return new RevokedCertificates(this);
    }
  }
}
