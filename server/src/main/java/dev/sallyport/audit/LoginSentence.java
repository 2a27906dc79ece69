package dev.sallyport.audit;

import static dev.sallyport.audit.EventText.text;

import dev.sallyport.model.SecondFactor;
import java.util.List;

/** Parts of the sentences about logins: which key, which plugin, what else was proven. */
final class LoginSentence {
  /** Offered keys that are named beside the first. */
  private static final int OFFERS = 3;

  private LoginSentence() {}

  /**
   * @param label what people call the key; may be empty
   */
  static String evidence(AuditEvent.Evidence evidence, String label) {
    return text(evidence.method())
        + (evidence.fingerprint().isEmpty() ? "" : " " + text(evidence.fingerprint()))
        + (label.isEmpty() ? "" : " (" + text(label) + ")")
        + (evidence.plugin().isEmpty() ? "" : " by " + text(evidence.plugin()));
  }

  static String secondFactor(SecondFactor proven) {
    return proven.text().isEmpty() ? "" : " and " + text(proven.text());
  }

  /** Keys that were offered besides the one that the sentence is about; the event has all. */
  static String otherOffers(AuditEvent.AuthenticationFailed failed) {
    List<String> others =
        failed.offered().stream()
            .map(offer -> key(offer.evidence()))
            .filter(key -> !key.equals(key(failed.evidence())))
            .limit(OFFERS)
            .toList();
    long more = (long) failed.offered().size() + failed.moreOffers() - 1 - others.size();
    return (others.isEmpty() ? "" : "; also offered " + String.join(", ", others))
        + (more > 0 ? " and %d more".formatted(more) : "");
  }

  private static String key(AuditEvent.Evidence evidence) {
    return text(evidence.keyType()) + " " + text(evidence.fingerprint());
  }
}
