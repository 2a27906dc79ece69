package dev.sallyport.plugins.authorizedkeys;

import dev.sallyport.spi.Restrictions;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What stands before a key on its line. An option that cannot be honoured refuses the key. */
sealed interface KeyOptions {
  /**
   * All of them can be honoured.
   *
   * @param users from {@code principals}: who may log in with the key; none when it is not there
   */
  record Honoured(Restrictions restrictions, Optional<Set<String>> users) implements KeyOptions {}

  /**
   * The key must not be used.
   *
   * @param reason names the option
   */
  record Refused(String reason) implements KeyOptions {}

  /** No options at all. */
  Honoured NONE = new Honoured(Restrictions.NONE, Optional.empty());

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
    Restrictions restrictions = Restrictions.NONE;
    Optional<Set<String>> users = Optional.empty();
    for (KeyOption option : options) {
      String name = option.name().toLowerCase(Locale.ROOT);
      boolean valued = name.equals("expiry-time") || name.equals("principals");
      if (isHonoured(name) && valued != option.value().isPresent()) {
        String demand = valued ? "needs a value" : "takes no value";
        return new Refused("option \"" + name + "\" " + demand);
      }
      switch (name) {
        case "restrict", "no-port-forwarding" -> restrictions = restrictions.withForwarding(false);
        case "port-forwarding" -> restrictions = restrictions.withForwarding(true);
        // The bastion gives none of these to anybody, so there is nothing to take or give back.
        case "no-agent-forwarding", "agent-forwarding" -> {}
        case "no-pty", "pty", "no-x11-forwarding", "x11-forwarding", "no-user-rc", "user-rc" -> {}
        case "no-touch-required" -> restrictions = restrictions.withTouchRequired(false);
        case "verify-required" -> {
          if (!type.isFido()) {
            return new Refused("option \"verify-required\" asks what only a FIDO key can attest");
          }
          restrictions = restrictions.withVerifyRequired(true);
        }
        case "expiry-time" -> {
          Optional<Instant> end = ExpiryTime.parse(option.value().orElse(""), zone);
          if (end.isEmpty()) {
            return new Refused("option \"expiry-time\" is not YYYYMMDD[HHMM[SS]][Z]");
          }
          restrictions = restrictions.withValidBefore(end.get());
        }
        case "principals" -> {
          if (users.isPresent()) {
            return new Refused("option \"principals\" stands there twice");
          }
          users = users(option.value().orElse(""));
          if (users.isEmpty()) {
            return new Refused("option \"principals\" is not a list of user names");
          }
        }
        default -> {
          return new Refused("option \"" + name + "\" is not honoured");
        }
      }
    }
    return new Honoured(restrictions, users);
  }

  private static boolean isHonoured(String name) {
    return switch (name) {
      case "restrict", "port-forwarding", "no-port-forwarding" -> true;
      case "agent-forwarding", "no-agent-forwarding", "pty", "no-pty" -> true;
      case "x11-forwarding", "no-x11-forwarding", "user-rc", "no-user-rc" -> true;
      case "no-touch-required", "verify-required", "expiry-time", "principals" -> true;
      default -> false;
    };
  }

  /** An empty list, or one with a name that is none, restricts to nobody: no users come out. */
  private static Optional<Set<String>> users(String value) {
    List<String> names = new ArrayList<>();
    for (String name : value.split(",", -1)) {
      Optional<UserName> user = UserName.of(name);
      if (user.isEmpty()) {
        return Optional.empty();
      }
      names.add(user.get().text());
    }
    return Optional.of(Set.copyOf(names));
  }
}
