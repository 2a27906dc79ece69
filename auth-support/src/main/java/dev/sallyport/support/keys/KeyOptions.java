package dev.sallyport.support.keys;

import dev.sallyport.spi.Restrictions;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What stands before a key on its line. An option that cannot be honoured refuses the key. */
sealed interface KeyOptions {
  /**
   * All of them can be honoured.
   *
   * @param role what the key is there for
   * @param principals who may log in with the key, or of whom a certificate must name one; none
   *     when the option is not there
   * @param withoutEffect names of options that give or take nothing here
   */
  record Honoured(
      Role role,
      Restrictions restrictions,
      Optional<Set<String>> principals,
      List<String> withoutEffect)
      implements KeyOptions {
    public Honoured {
      withoutEffect = List.copyOf(withoutEffect);
    }
  }

  /** What a key is there for. */
  enum Role {
    /** To log in. */
    KEY,
    /** To sign certificates, which log in ({@code cert-authority}). */
    AUTHORITY
  }

  /**
   * The key must not be used.
   *
   * @param reason names the option
   */
  record Refused(String reason) implements KeyOptions {}

  /** No options at all. */
  Honoured NONE = new Honoured(Role.KEY, Restrictions.NONE, Optional.empty(), List.of());

  /** Where the options that the line begins with end, or -1 when a quotation mark is missing. */
  static int end(String line) {
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ' ' || c == '\t')) {
        return i;
      }
    }
    return quoted ? -1 : line.length();
  }

  /** Reads options as sshd(8) describes them: names in any case, in order, values quoted. */
  static KeyOptions parse(String text, KeyType type, ZoneId zone) {
    return switch (KeyOption.split(text)) {
      case KeyOption.Malformed malformed -> new Refused(malformed.what());
      case KeyOption.All all -> apply(all.options(), type, zone);
    };
  }

  private static KeyOptions apply(List<KeyOption> options, KeyType type, ZoneId zone) {
    GatheredOptions gathered = new GatheredOptions(type, zone);
    for (KeyOption option : options) {
      Optional<String> wrong = gathered.add(option);
      if (wrong.isPresent()) {
        return new Refused("option \"" + GatheredOptions.nameOf(option) + "\" " + wrong.get());
      }
    }
    return gathered.all();
  }
}
