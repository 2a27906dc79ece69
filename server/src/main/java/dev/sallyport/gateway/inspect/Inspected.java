package dev.sallyport.gateway.inspect;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.forward.Dialer;
import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Terms;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One inspected forward: its user, target and terms. */
record Inspected(
    Caller caller, Dialer.Dialled dialled, AuditEvent.Forward forward, Terms.Session terms) {
  /** Longest login in characters. Linux allows 32, directories with domains 256. */
  private static final int LONGEST_LOGIN = 256;

  private static final int SHOWN = 64;
  private static final int SHOWN_LOGINS = 500;

  /** The rule that granted the forward. */
  String rule() {
    return dialled.candidate().rule();
  }

  /** The rule's name for messages; escaped. */
  String shownRule() {
    return SafeText.escape(rule(), SHOWN);
  }

  /**
   * The names that the user may have typed for the target, in lower case as OpenSSH compares them.
   *
   * @param more further names, valid for all targets
   */
  Set<String> names(List<String> more) {
    Set<String> names = new LinkedHashSet<>();
    // This is an address or a name: a malformed host would have been denied before.
    String asked = forward.target().host().toLowerCase(Locale.ROOT);
    if (Host.parse(asked) instanceof Parsed.Valid<Host>(Host host)) {
      names.add(asked);
      names.add(host.text());
    }
    names.add(IpText.format(dialled.candidate().address().getAddress()));
    names.addAll(more);
    return names;
  }

  /** Why the client may not use this login, which may be any text; empty when it may. */
  Optional<String> whyNot(String login) {
    String shown = SafeText.escape(login, SHOWN);
    if (login.isEmpty()
        || login.length() > LONGEST_LOGIN
        || login.chars().anyMatch(Character::isISOControl)) {
      return Optional.of("\"" + shown + "\" is not a login");
    }
    if (terms.allowsLogin(login)) {
      return Optional.empty();
    }
    return Optional.of(
        "%s on %s is not in logins of rule %s; you may log in as %s"
            .formatted(
                shown,
                forward.target().shown(),
                shownRule(),
                SafeText.escape(String.join(", ", new TreeSet<>(terms.logins())), SHOWN_LOGINS)));
  }
}
