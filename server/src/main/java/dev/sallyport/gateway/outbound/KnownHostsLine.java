package dev.sallyport.gateway.outbound;

import dev.sallyport.model.Parsed;
import dev.sallyport.model.SafeText;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
 *
 * @param hosts the patterns as written, or the hash of a name
 */
record KnownHostsLine(Marker marker, String hosts, HostKey key) {
  private static final int SHOWN = 300;
  private static final String HASHED = "|1|";

  /** The meaning of the key. */
  enum Marker {
    /** The host's own key. */
    HOST,
    /** The key of an authority that certifies the hosts' keys. */
    AUTHORITY,
    /** A revoked key, refused as a host's own and as an authority's. */
    REVOKED;

    /** As it is written; empty for a host's own. */
    Optional<String> word() {
      return switch (this) {
        case HOST -> Optional.empty();
        case AUTHORITY -> Optional.of("@cert-authority");
        case REVOKED -> Optional.of("@revoked");
      };
    }
  }

  /** Reads a line; empty for an empty line and for a comment. */
  static Optional<Parsed<KnownHostsLine>> parse(String line) {
    String text = line.strip();
    if (text.isEmpty() || text.startsWith("#")) {
      return Optional.empty();
    }
    List<String> words = List.of(text.split("[ \t]+"));
    Marker marker =
        switch (words.getFirst()) {
          case "@cert-authority" -> Marker.AUTHORITY;
          case "@revoked" -> Marker.REVOKED;
          default -> Marker.HOST;
        };
    int first = marker == Marker.HOST ? 0 : 1;
    if (words.getFirst().startsWith("@") && marker == Marker.HOST) {
      return Optional.of(new Parsed.Malformed<>("has a marker that is not known"));
    }
    if (words.size() < first + 3) {
      return Optional.of(new Parsed.Malformed<>("is not: hosts, type of the key, key in base64"));
    }
    return Optional.of(
        switch (HostKey.parse(words.get(first + 1), words.get(first + 2))) {
          case Parsed.Valid<HostKey>(HostKey key) ->
              new Parsed.Valid<>(new KnownHostsLine(marker, words.get(first), key));
          case Parsed.Malformed<HostKey> malformed -> malformed.as();
        });
  }

  /**
   * Whether the line is about {@code name}. Authorities and revocations without a port apply to all
   * ports of a host, as in OpenSSH.
   */
  boolean isAbout(HostName name) {
    return matches(name.pattern()) || (marker != Marker.HOST && matches(name.host()));
  }

  private boolean matches(String name) {
    if (hosts.startsWith("|")) {
      return matchesHash(name);
    }
    boolean found = false;
    for (String pattern : hosts.toLowerCase(Locale.ROOT).split(",", -1)) {
      if (pattern.startsWith("!")) {
        if (Wildcard.matches(pattern.substring(1), name)) {
          return false;
        }
      } else {
        found |= Wildcard.matches(pattern, name);
      }
    }
    return found;
  }

  /** Compares with {@code |1|salt|HMAC-SHA1 of the name}, in base64, as ssh-keygen -H writes it. */
  private boolean matchesHash(String name) {
    String[] parts = hosts.split("\\|", -1);
    if (!hosts.startsWith(HASHED) || parts.length != 4) {
      return false;
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(Base64.getDecoder().decode(parts[2]), "HmacSHA1"));
      return MessageDigest.isEqual(
          mac.doFinal(name.getBytes(StandardCharsets.UTF_8)), Base64.getDecoder().decode(parts[3]));
    } catch (IllegalArgumentException | GeneralSecurityException noHash) {
      return false;
    }
  }

  /** As text: hosts, type of key, fingerprint. */
  String shown() {
    String whose = SafeText.escape(hosts, SHOWN);
    String type = SafeText.escape(key.type(), SHOWN);
    return marker.word().map(word -> word + " ").orElse("")
        + whose
        + " "
        + type
        + " "
        + key.fingerprint();
  }

  /** The line for a key of a host with these names. */
  static String of(List<HostName> names, HostKey key) {
    return String.join(",", names.stream().map(HostName::pattern).toList()) + " " + key.text();
  }
}
