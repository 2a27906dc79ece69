package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys that the client of one connection queried (RFC 4252, section 7). Stock clients query
 * each of their keys until one is accepted, including a certificate's plain key, so a query means
 * nothing while a proven key may follow. Only when the connection ends without a login do the
 * queries become a failed login, and one event. For all threads.
 */
final class Offers {
  /**
   * Most keys that are listed in the event: a client that queries for ever must not cause long
   * lines in the log.
   */
  static final int MOST_TOLD = 8;

  private static final String UNPROVEN = "the key may log in, but its possession was not proven";

  private final List<AuditEvent.Offer> offers = new ArrayList<>();
  private String user = "";
  private int more;

  /** The key was refused. */
  synchronized void refused(String name, AuditEvent.Evidence evidence, String reason) {
    add(name, new AuditEvent.Offer(evidence, reason));
  }

  /** The key was accepted, and its possession must be proven now. */
  synchronized void welcomed(String name, AuditEvent.Evidence evidence) {
    add(name, new AuditEvent.Offer(evidence, UNPROVEN));
  }

  private void add(String name, AuditEvent.Offer offer) {
    user = name;
    if (offers.stream().anyMatch(one -> isSameKey(one.evidence(), offer.evidence()))) {
      return;
    }
    if (offers.size() < MOST_TOLD) {
      offers.add(offer);
    } else {
      more++;
    }
  }

  /** A key is proven, so the earlier queries were the search for it. */
  synchronized void proved() {
    offers.clear();
    more = 0;
  }

  /** An attempt failed, which has an event of its own. */
  synchronized void told(AuditEvent.Evidence evidence) {
    offers.removeIf(one -> isSameKey(one.evidence(), evidence));
  }

  /** The event at the end of a connection, for queries that no login followed. */
  synchronized Optional<AuditEvent.AuthenticationFailed> failure(
      Instant at, AuditEvent.Connection connection) {
    return mostTelling()
        .map(offer ->
            new AuditEvent.AuthenticationFailed(
                at, connection, user, offer.evidence(), offer.reason(), offers, more));
  }

  /**
   * The most informative offer: one for which a plugin gave a reason, rather than an unknown key.
   */
  private Optional<AuditEvent.Offer> mostTelling() {
    return offers.stream()
        .filter(offer -> !offer.evidence().plugin().isEmpty())
        .findFirst()
        .or(() -> offers.stream().findFirst());
  }

  /** Whether two offers are the same key. A certificate differs from its plain key. */
  private static boolean isSameKey(AuditEvent.Evidence one, AuditEvent.Evidence other) {
    return one.keyType().equals(other.keyType()) && one.fingerprint().equals(other.fingerprint());
  }
}
