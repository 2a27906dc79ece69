package dev.sallyport.support.keys;

import dev.sallyport.spi.Known;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.reports.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One state of a list of keys, such as a file: its keys, and what is wrong with it. Immutable once
 * parsed.
 */
public final class KeyList {
  /** Longest line, in bytes; the longest RSA key takes 2.8 KiB of it. */
  public static final int LONGEST_LINE = 16 * 1024;

  /** Longest key, in bytes, that a line could have: it is in base64 there. */
  public static final int LONGEST_KEY = LONGEST_LINE / 4 * 3;

  /** Most faults that are told of one file: a file of rubbish must not fill the operator's log. */
  public static final int MOST_FAULTS = 20;

  private static final byte[] UTF_8_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final String source;
  private final Map<OfferedKey, List<Entry>> keys = new HashMap<>();
  private final List<Fault> faults = new ArrayList<>();
  private int faultCount;

  private record Entry(int number, KeyLine line) {}

  private final KeyOwner owner;

  private KeyList(String source, KeyOwner owner) {
    this.source = source;
    this.owner = owner;
  }

  /**
   * Reads its bytes. A wrong line is a fault and does not touch the others.
   *
   * @param source what messages call it: a path, an entry of a directory
   */
  public static KeyList parse(String source, KeyOwner kind, byte[] content, KeyLineParser parser) {
    KeyList file = new KeyList(source, kind);
    int number = 0;
    int start = 0;
    while (start < content.length) {
      int end = start;
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      number++;
      file.add(number, line(content, start, end, parser));
      start = end + 1;
    }
    if (file.faultCount > MOST_FAULTS) {
      file.faults.add(new Fault(source, "and " + (file.faultCount - MOST_FAULTS) + " more faults"));
    }
    return file;
  }

  private static KeyLine line(byte[] content, int start, int end, KeyLineParser parser) {
    int length = end - start;
    if (length > 0 && content[end - 1] == '\r') {
      length--;
    }
    if (length > LONGEST_LINE) {
      return new KeyLine.Wrong("is longer than " + LONGEST_LINE + " bytes");
    }
    if (start == 0 && beginsWithMark(content)) {
      return new KeyLine.Wrong("begins with a byte order mark: save the file as UTF-8 without one");
    }
    return parser.parse(new String(content, start, length, StandardCharsets.UTF_8));
  }

  private static boolean beginsWithMark(byte[] content) {
    if (content.length >= 2) {
      int first = (content[0] & 0xff) << 8 | (content[1] & 0xff);
      if (first == 0xfeff || first == 0xfffe) {
        return true;
      }
    }
    return content.length >= UTF_8_MARK.length
        && Arrays.equals(content, 0, UTF_8_MARK.length, UTF_8_MARK, 0, 3);
  }

  private void add(int number, KeyLine line) {
    switch (line) {
      case KeyLine.Blank _ -> {}
      case KeyLine.Wrong wrong ->
          fault(number, "this line " + wrong.what() + "; it lets nobody in, the others count");
      case KeyLine.RefusedKey refused -> {
        fault(
            number, "the key " + refused.key().fingerprint() + " is refused: " + refused.reason());
        add(refused.key(), new Entry(number, line));
      }
      case KeyLine.UsableKey usable -> {
        withoutEffect(number, usable.withoutEffect());
        List<Entry> earlier = keys.getOrDefault(usable.key(), List.of());
        if (owner == KeyOwner.ONE_USER && !earlier.isEmpty()) {
          fault(
              number,
              "this line has no effect: line "
                  + earlier.getFirst().number()
                  + " has the same key, and the first one decides");
        }
        add(usable.key(), new Entry(number, line));
      }
      case KeyLine.Authority authority -> {
        withoutEffect(number, authority.withoutEffect());
        add(authority.key(), new Entry(number, line));
      }
    }
  }

  private void add(OfferedKey key, Entry entry) {
    keys.computeIfAbsent(key, _ -> new ArrayList<>(1)).add(entry);
  }

  private void withoutEffect(int number, List<String> options) {
    for (String option : options) {
      fault(number, "option \"" + option + "\" has no effect here; the key is accepted");
    }
  }

  private void fault(int number, String what) {
    faultCount++;
    if (faultCount <= MOST_FAULTS) {
      faults.add(new Fault(source + ":" + number, what));
    }
  }

  /**
   * Whether some line could have this key: it is whole, of a type that can log in, and no
   * certificate. Who passes on what strangers offer to those who write lists asks this first.
   */
  public static boolean canHave(OfferedKey key) {
    byte[] blob = key.blob();
    return blob.length <= LONGEST_KEY
        && KeyType.of(key.type())
            .filter(type -> !(KeyBlob.judge(type, key.type(), blob) instanceof KeyBlob.Broken))
            .isPresent();
  }

  /**
   * What the file says of a key; nothing when it does not have it for this user. The first line
   * that has the key for the user decides, be it a refusal: a later line without the option that
   * refused the first must not bring the key back.
   */
  public Optional<Verdict> verdict(OfferedKey key, UserName user) {
    for (Entry entry : keys.getOrDefault(key, List.of())) {
      switch (entry.line()) {
        case KeyLine.RefusedKey refused -> {
          return Optional.of(refused(refused.reason(), entry));
        }
        case KeyLine.UsableKey usable -> {
          if (usable.users().isEmpty() || usable.users().get().contains(user.text())) {
            return Optional.of(
                new Verdict.Accepted(
                    user.text(), Set.of(), usable.comment(), usable.restrictions()));
          }
        }
        case KeyLine.Authority _ -> {}
        case KeyLine.Blank _ -> {}
        case KeyLine.Wrong _ -> {}
      }
    }
    return Optional.empty();
  }

  private Verdict refused(String reason, Entry entry) {
    return new Verdict.Refused(reason + " (" + source + ":" + entry.number() + ")");
  }

  /**
   * What the file says of a key or, by its authority, of a certificate; nothing when it has neither
   * for this user. As with keys, the first line decides that has the authority for the user.
   *
   * @param at when the certificate must be valid
   */
  public Optional<Verdict> verdict(
      OfferedKey offered, UserName user, CertificateRules rules, Instant at) {
    if (!Certificate.is(offered)) {
      return verdict(offered, user);
    }
    return switch (Certificate.read(offered)) {
      case Certificate.Broken _ -> Optional.empty();
      case Certificate.Whole(Certificate certificate) ->
          verdict(certificate, user, () -> rules.judge(certificate, at));
    };
  }

  /**
   * @param judge verifies a signature, so it is asked once: a file may have thousands of lines of
   *     the same authority
   */
  Optional<Verdict> verdict(
      Certificate certificate, UserName user, Supplier<CertificateRules.Judgement> judge) {
    List<Entry> entries = keys.getOrDefault(certificate.authority(), List.of());
    Optional<Restrictions> demanded = Optional.empty();
    Optional<Verdict> otherwise = Optional.empty();
    for (Entry entry : entries) {
      switch (entry.line()) {
        case KeyLine.RefusedKey refused -> {
          return Optional.of(refused("its authority is refused: " + refused.reason(), entry));
        }
        case KeyLine.Authority authority -> {
          if (!isFor(user, authority)) {
            continue;
          }
          if (demanded.isEmpty()) {
            switch (judge.get()) {
              case CertificateRules.Invalid(String reason) -> {
                return Optional.of(refused(reason, entry));
              }
              case CertificateRules.Valid(Restrictions restrictions) ->
                  demanded = Optional.of(restrictions);
            }
          }
          if (names(certificate, user, authority)) {
            return Optional.of(certified(certificate, demanded.get(), authority, user, entry));
          }
          otherwise =
              Optional.of(refused("the certificate names no principal that is this user", entry));
        }
        case KeyLine.UsableKey _ -> {}
        case KeyLine.Blank _ -> {}
        case KeyLine.Wrong _ -> {}
      }
    }
    return otherwise;
  }

  /** In a file for all the line can say for whom the authority may speak. */
  private boolean isFor(UserName user, KeyLine.Authority authority) {
    return switch (owner) {
      case ONE_USER -> true;
      case FOR_ALL -> authority.principals().map(all -> all.contains(user.text())).orElse(true);
    };
  }

  /**
   * In a file of one user the line can say which principals are that user; otherwise there is no
   * user to be but the one of the same name.
   */
  private boolean names(Certificate certificate, UserName user, KeyLine.Authority authority) {
    Set<String> own = Set.of(user.text());
    Set<String> meant =
        switch (owner) {
          case ONE_USER -> authority.principals().orElse(own);
          case FOR_ALL -> own;
        };
    return certificate.principals().stream().anyMatch(meant::contains);
  }

  private Verdict certified(
      Certificate certificate,
      Restrictions restrictions,
      KeyLine.Authority authority,
      UserName user,
      Entry entry) {
    Optional<Restrictions> both = authority.restrictions().and(restrictions);
    if (both.isEmpty()) {
      return refused("the certificate forces another command than its authority's line", entry);
    }
    if (both.get().demands(Restrictions.Attestation.VERIFICATION)
        && !certificate.keyType().isFido()) {
      return refused(
          "option \"verify-required\" asks what only a FIDO key can attest, and the certificate's"
              + " is none",
          entry);
    }
    return new Verdict.Accepted(user.text(), Set.of(), certificate.keyId(), both.get());
  }

  /** The keys and authorities that the list has for a user, in the order of its lines. */
  public List<Known> known(UserName user) {
    List<Known> known = new ArrayList<>();
    for (Entry entry : entries()) {
      String where = source + ":" + entry.number();
      switch (entry.line()) {
        case KeyLine.RefusedKey refused -> known.add(new Known.Key(where, refused.key()));
        case KeyLine.UsableKey usable -> {
          if (usable.users().isEmpty() || usable.users().get().contains(user.text())) {
            known.add(new Known.Key(where, usable.key()));
          }
        }
        case KeyLine.Authority authority -> {
          if (isFor(user, authority)) {
            known.add(
                new Known.Fact(
                    where
                        + " lets in certificates of the authority "
                        + authority.key().fingerprint()));
          }
        }
        case KeyLine.Blank _ -> {}
        case KeyLine.Wrong _ -> {}
      }
    }
    return known;
  }

  /** Whether some line can let in the user of the file. */
  public boolean letsSomebodyIn() {
    return entries().stream()
        .anyMatch(entry ->
            entry.line() instanceof KeyLine.UsableKey || entry.line() instanceof KeyLine.Authority);
  }

  /** The users whom a list for all lets in; nothing when a line lets in users it does not name. */
  public Optional<Set<String>> users() {
    Set<String> named = new HashSet<>();
    for (Entry entry : entries()) {
      Optional<Set<String>> users =
          switch (entry.line()) {
            case KeyLine.UsableKey usable -> usable.users();
            case KeyLine.Authority authority -> authority.principals();
            case KeyLine.RefusedKey _, KeyLine.Blank _, KeyLine.Wrong _ -> Optional.of(Set.of());
          };
      if (users.isEmpty()) {
        return Optional.empty();
      }
      named.addAll(users.get());
    }
    return Optional.of(named);
  }

  private List<Entry> entries() {
    return keys.values().stream()
        .flatMap(Collection::stream)
        .sorted(Comparator.comparingInt(Entry::number))
        .toList();
  }

  /** What the operator should mend, in the order of the lines; at most a screenful. */
  public List<Fault> faults() {
    return List.copyOf(faults);
  }
}
