package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys that the client of one connection asked about (RFC 4252, section 7). Stock clients ask
 * about each key they have until one is welcome, a certificate's plain key included, so a question
 * says nothing while another key may follow that is proven. Only the end of the connection makes
 * the questions a failed login, and one event. For all threads.
 */
final class Offers {
  /** Keys told one by one: a client that asks for ever must not write long lines into the log. */
  static final int MOST_TOLD = 8;

  private static final String UNPROVEN = "the key may log in, but its possession was not proven";

  private final List<AuditEvent.Offer> offers = new ArrayList<>();
  private String user = "";
  private int more;

  /** The client was told that it may not log in with the key. */
  synchronized void refused(String name, AuditEvent.Evidence evidence, String reason) {
    add(name, new AuditEvent.Offer(evidence, reason));
  }

  /** The client was told that it may, and has to prove it now. */
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

  /** A key is proven: what was asked before was the search for it. */
  synchronized void proved() {
    offers.clear();
    more = 0;
  }

  /** An attempt failed that is told by itself. */
  synchronized void told(AuditEvent.Evidence evidence) {
    offers.removeIf(one -> isSameKey(one.evidence(), evidence));
  }

  /** The connection ended: what to tell of the offers that nothing came of. */
  synchronized Optional<AuditEvent.AuthenticationFailed> failure(
      Instant at, AuditEvent.Connection connection) {
    return mostTelling()
        .map(offer ->
            new AuditEvent.AuthenticationFailed(
                at, connection, user, offer.evidence(), offer.reason(), offers, more));
  }

  /** What a plugin had something to say of, rather than a key that nobody knows. */
  private Optional<AuditEvent.Offer> mostTelling() {
    return offers.stream()
        .filter(offer -> !offer.evidence().plugin().isEmpty())
        .findFirst()
        .or(() -> offers.stream().findFirst());
  }

  /** A certificate is another than the plain key in it. */
  private static boolean isSameKey(AuditEvent.Evidence one, AuditEvent.Evidence other) {
    return one.keyType().equals(other.keyType()) && one.fingerprint().equals(other.fingerprint());
  }
}
