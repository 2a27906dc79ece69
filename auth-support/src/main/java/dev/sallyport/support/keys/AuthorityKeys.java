package dev.sallyport.support.keys;

import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.support.reports.Fault;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One state of a list of authorities' public keys, one a line without options, as sshd's
 * TrustedUserCAKeys. A line that cannot be read is a fault and does not touch the others. Immutable
 * once parsed.
 */
public final class AuthorityKeys {
  /** Most faults that are told of one file: a file of rubbish must not fill the operator's log. */
  private static final int MOST_FAULTS = 20;

  private static final KeyLineParser LINES = new KeyLineParser(KeyOwner.ONE_USER, ZoneOffset.UTC);

  private final Set<OfferedKey> keys = new HashSet<>();
  private final List<Fault> faults = new ArrayList<>();

  private AuthorityKeys() {}

  /**
   * Reads its bytes.
   *
   * @param source what messages call it
   */
  public static AuthorityKeys parse(String source, byte[] content) {
    AuthorityKeys list = new AuthorityKeys();
    int number = 0;
    int wrong = 0;
    for (String line : new String(content, StandardCharsets.UTF_8).lines().toList()) {
      number++;
      String what = list.add(line);
      if (!what.isEmpty()) {
        wrong++;
        if (wrong <= MOST_FAULTS) {
          list.faults.add(new Fault(source + ":" + number, what));
        }
      }
    }
    if (wrong > MOST_FAULTS) {
      list.faults.add(new Fault(source, "and " + (wrong - MOST_FAULTS) + " more faults"));
    }
    return list;
  }

  /** Adds a line's key; what is wrong with it, or nothing. */
  private String add(String line) {
    if (line.length() > KeyList.LONGEST_LINE) {
      return "this line is longer than " + KeyList.LONGEST_LINE + " characters";
    }
    return switch (LINES.parse(line)) {
      case KeyLine.Blank _ -> "";
      case KeyLine.Wrong(String what) -> "this line " + what + "; the others count";
      case KeyLine.RefusedKey(OfferedKey key, String reason) -> refused(key, reason);
      case KeyLine.Authority authority -> refused(authority.key(), OPTIONS);
      case KeyLine.UsableKey usable -> {
        if (!usable.restrictions().equals(Restrictions.NONE)) {
          yield refused(usable.key(), OPTIONS);
        }
        keys.add(usable.key());
        yield "";
      }
    };
  }

  private static final String OPTIONS = "options do not belong in a file of authorities";

  private static String refused(OfferedKey key, String reason) {
    return "the authority " + key.fingerprint() + " is not trusted: " + reason;
  }

  /** Whether it is there. */
  public boolean has(OfferedKey authority) {
    return keys.contains(authority);
  }

  /** All of them, by fingerprint. */
  public List<String> fingerprints() {
    return keys.stream().map(OfferedKey::fingerprint).sorted().toList();
  }

  /** What the operator should mend, in the order of the lines; at most a screenful. */
  public List<Fault> faults() {
    return List.copyOf(faults);
  }
}
