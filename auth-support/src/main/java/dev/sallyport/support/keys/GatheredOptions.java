package dev.sallyport.support.keys;

import static dev.sallyport.spi.Restrictions.Attestation.TOUCH;
import static dev.sallyport.spi.Restrictions.Attestation.VERIFICATION;
import static dev.sallyport.spi.Restrictions.Permission.AGENT_FORWARDING;
import static dev.sallyport.spi.Restrictions.Permission.FORWARDING;
import static dev.sallyport.spi.Restrictions.Permission.PTY;

import dev.sallyport.spi.PermittedDestination;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.SourcePatterns;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The options of one line as they are read, in their order: later ones can give back what {@code
 * restrict} took, as in sshd(8). For one thread.
 */
final class GatheredOptions {
  /** Most {@code permitopen} of one line: each decision looks at all of them. */
  private static final int MOST_DESTINATIONS = 1000;

  private static final Pattern LISTEN =
      Pattern.compile("(?:[^\\s:]+:|\\[[^\\s\\[\\]]+]:)?([0-9]{1,5}|\\*)");

  /**
   * What a certificate can be named for in a line: no space, no comma, nothing that is not seen.
   */
  private static final Pattern PRINCIPAL = Pattern.compile("[\\p{Graph}&&[^,\"]]{1,255}+");

  /** As sshd has it: what is set for the user's programs, of which the bastion runs none. */
  private static final Pattern ENVIRONMENT = Pattern.compile("[A-Za-z0-9_]+=.*", Pattern.DOTALL);

  /** A device for tun(4), which nobody gets here. */
  private static final Pattern TUNNEL = Pattern.compile("[0-9]{1,10}|any");

  private final KeyType type;
  private final ZoneId zone;
  private final Set<PermittedDestination> permitOpen = new HashSet<>();
  private final Set<String> withoutEffect = new LinkedHashSet<>();
  private Restrictions restrictions = Restrictions.NONE;
  private Optional<Set<String>> principals = Optional.empty();
  private KeyOptions.Role role = KeyOptions.Role.KEY;

  GatheredOptions(KeyType type, ZoneId zone) {
    this.type = type;
    this.zone = zone;
  }

  /** The name as messages and the table of options have it. */
  static String nameOf(KeyOption option) {
    return option.name().toLowerCase(Locale.ROOT);
  }

  /** All that were added, or the one that does not go with what the key is there for. */
  KeyOptions all() {
    if (role == KeyOptions.Role.KEY) {
      if (restrictions.demands(VERIFICATION) && !type.isFido()) {
        return new KeyOptions.Refused(
            "option \"verify-required\" asks what only a FIDO key can attest");
      }
      if (principals.isPresent()
          && !principals.get().stream().allMatch(name -> UserName.of(name).isPresent())) {
        return new KeyOptions.Refused("option \"principals\" is not a list of user names");
      }
    }
    return new KeyOptions.Honoured(
        role,
        permitOpen.isEmpty() ? restrictions : restrictions.withPermitOpen(permitOpen),
        principals,
        List.copyOf(withoutEffect));
  }

  /** Takes one more, or tells what is wrong with it. */
  Optional<String> add(KeyOption option) {
    return option.value().isPresent()
        ? addValued(nameOf(option), option.value().get())
        : addFlag(nameOf(option));
  }

  private Optional<String> addFlag(String name) {
    switch (name) {
      case "restrict" -> restrictions = restrictions.withoutPermissions();
      case "port-forwarding" -> restrictions = restrictions.with(FORWARDING);
      case "no-port-forwarding" -> restrictions = restrictions.without(FORWARDING);
      case "agent-forwarding" -> restrictions = restrictions.with(AGENT_FORWARDING);
      case "no-agent-forwarding" -> restrictions = restrictions.without(AGENT_FORWARDING);
      case "pty" -> restrictions = restrictions.with(PTY);
      case "no-pty" -> restrictions = restrictions.without(PTY);
      // The bastion gives neither to anybody, so there is nothing to take or give back.
      case "no-x11-forwarding", "x11-forwarding", "no-user-rc", "user-rc" -> {}
      case "no-touch-required" -> restrictions = restrictions.without(TOUCH);
      case "verify-required" -> restrictions = restrictions.with(VERIFICATION);
      case "cert-authority" -> role = KeyOptions.Role.AUTHORITY;
      case "from", "command", "permitopen", "permitlisten", "expiry-time", "principals" -> {
        return Optional.of("needs a value");
      }
      case "environment", "tunnel" -> {
        return Optional.of("needs a value");
      }
      default -> {
        return Optional.of("is not honoured");
      }
    }
    return Optional.empty();
  }

  private Optional<String> addValued(String name, String value) {
    return switch (name) {
      case "from" -> from(value);
      case "command" -> command(value);
      case "permitopen" -> permitOpen(value);
      // Nobody may listen on the bastion, so this takes nothing away; it must be written right.
      case "permitlisten" ->
          LISTEN.matcher(value).matches() ? Optional.empty() : Optional.of("is not [HOST:]PORT");
      case "expiry-time" -> expiryTime(value);
      case "principals" -> principals(value);
      case "environment" -> withoutEffect(name, value, ENVIRONMENT, "is not NAME=VALUE");
      case "tunnel" -> withoutEffect(name, value, TUNNEL, "is not the number of a device");
      case "restrict", "port-forwarding", "no-port-forwarding" -> takesNone();
      case "agent-forwarding", "no-agent-forwarding", "pty", "no-pty" -> takesNone();
      case "x11-forwarding", "no-x11-forwarding", "user-rc", "no-user-rc" -> takesNone();
      case "no-touch-required", "verify-required", "cert-authority" -> takesNone();
      default -> Optional.of("is not honoured");
    };
  }

  private static Optional<String> takesNone() {
    return Optional.of("takes no value");
  }

  /** What cannot widen access, and does nothing on a bastion, must not lock its owner out. */
  private Optional<String> withoutEffect(String name, String value, Pattern form, String wrong) {
    if (!form.matcher(value).matches()) {
      return Optional.of(wrong);
    }
    withoutEffect.add(name);
    return Optional.empty();
  }

  private Optional<String> from(String value) {
    if (!restrictions.sources().isEmpty()) {
      return Optional.of("is given twice");
    }
    try {
      restrictions = restrictions.withSource(SourcePatterns.parse(value));
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of("cannot be honoured: " + e.getMessage());
    }
  }

  /** Whether it is a command of the gateway, only the gateway can tell; it runs nothing else. */
  private Optional<String> command(String value) {
    if (restrictions.command().isPresent()) {
      return Optional.of("is given twice");
    }
    if (value.isBlank()) {
      return Optional.of("is empty");
    }
    restrictions = restrictions.withCommand(value);
    return Optional.empty();
  }

  private Optional<String> permitOpen(String value) {
    Optional<PermittedDestination> destination = PermittedDestination.parse(value);
    if (destination.isEmpty()) {
      return Optional.of("is not HOST:PORT");
    }
    permitOpen.add(destination.get());
    return permitOpen.size() > MOST_DESTINATIONS
        ? Optional.of("is given more than " + MOST_DESTINATIONS + " times")
        : Optional.empty();
  }

  private Optional<String> expiryTime(String value) {
    Optional<Instant> end = ExpiryTime.parse(value, zone);
    if (end.isEmpty()) {
      return Optional.of("is not YYYYMMDD[HHMM[SS]][Z]");
    }
    restrictions = restrictions.withValidBefore(end.get());
    return Optional.empty();
  }

  /** An empty list, or one with a name that is none, restricts to nobody: it is refused. */
  private Optional<String> principals(String value) {
    if (principals.isPresent()) {
      return Optional.of("is given twice");
    }
    Set<String> names = new HashSet<>(List.of(value.split(",", -1)));
    if (!names.stream().allMatch(name -> PRINCIPAL.matcher(name).matches())) {
      return Optional.of("is not a list of names");
    }
    principals = Optional.of(Set.copyOf(names));
    return Optional.empty();
  }
}
