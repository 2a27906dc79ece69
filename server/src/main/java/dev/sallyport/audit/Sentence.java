package dev.sallyport.audit;

import static dev.sallyport.audit.EventText.because;
import static dev.sallyport.audit.EventText.bytes;
import static dev.sallyport.audit.EventText.count;
import static dev.sallyport.audit.EventText.duration;
import static dev.sallyport.audit.EventText.inParentheses;
import static dev.sallyport.audit.EventText.list;
import static dev.sallyport.audit.EventText.operator;
import static dev.sallyport.audit.EventText.source;
import static dev.sallyport.audit.EventText.target;
import static dev.sallyport.audit.EventText.text;
import static dev.sallyport.audit.EventText.used;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What happened, in one English sentence: OCSF's {@code message}. Printable ASCII, whatever the
 * event holds; bounded, because each part from outside is.
 */
final class Sentence {
  private Sentence() {}

  static String of(AuditEvent event) {
    return switch (event) {
      case AuditEvent.ServerStarted e ->
          "Sallyport %s started and listens on %s"
              .formatted(
                  text(e.version()), list(e.listen().stream().map(OcsfParts::shown).toList()));
      case AuditEvent.ServerStopped e -> "Sallyport stopped" + because(e.reason());
      case AuditEvent.RunEndedAbruptly e -> "Sallyport was killed: " + EventText.NO_STOP;
      case AuditEvent.ConfigurationLoaded e ->
          "configuration %s took effect (SHA-256 %s)".formatted(text(e.file()), text(e.sha256()));
      case AuditEvent.ConfigurationReloaded e ->
          "configuration %s took effect while running (SHA-256 %s), %s%s"
              .formatted(
                  text(e.file()),
                  text(e.sha256()),
                  e.changed().isEmpty() ? "nothing changed" : "changed: " + list(e.changed()),
                  e.needRestart().isEmpty() ? "" : "; needs a restart: " + list(e.needRestart()));
      case AuditEvent.ConfigurationRefused e ->
          "configuration %s was refused and the previous one stays in force: %s%s"
              .formatted(
                  text(e.file()), count(e.errors().size(), "error"), inParentheses(e.errors()));
      case AuditEvent.LogRepaired e ->
          "the audit log %s ended in the middle of a line: %s moved to %s"
              .formatted(text(e.file()), count(e.bytes(), "byte"), text(e.aside()));
      case AuditEvent.LogRecovered e ->
          "the audit log can be written again after %s, %s lost%s"
              .formatted(
                  duration(Duration.between(e.since(), e.at())),
                  count(e.lost(), "event"),
                  because(e.fault()));
      case AuditEvent.LogFileCompressed e ->
          "the audit log's file %s was compressed, %s to %s, events %d to %d"
              .formatted(
                  text(e.file().path()),
                  bytes(e.file().bytes()),
                  bytes(e.compressed().bytes()),
                  e.span().first(),
                  e.span().last());
      case AuditEvent.LogFileRemoved e ->
          "the audit log's file %s was removed, %s, events %d to %d%s"
              .formatted(
                  text(e.file().path()),
                  bytes(e.file().bytes()),
                  e.span().first(),
                  e.span().last(),
                  because(e.reason()));
      case AuditEvent.DiskSpace e ->
          "the file system of %s %s: %d %% used, %s free"
              .formatted(
                  text(e.path()),
                  e.low() ? "is nearly full" : "has space again",
                  e.percent(),
                  bytes(e.freeBytes()));
      case AuditEvent.TargetKnownHostsChanged e ->
          "the known host keys of targets changed: %d added%s, %d removed%s"
              .formatted(
                  e.added().size(),
                  inParentheses(e.added()),
                  e.removed().size(),
                  inParentheses(e.removed()));
      case AuditEvent.TargetKeysForgotten e ->
          "%s removed the known host keys of %s%s"
              .formatted(
                  operator(e.operator(), e.behalf()), text(e.target()), inParentheses(e.keys()));
      case AuditEvent.SecondFactorChanged e ->
          "%s %s %s (plugin %s)"
              .formatted(
                  operator(e.operator(), e.behalf()),
                  switch (e.change()) {
                    case ENROLLED -> "enrolled a second factor for";
                    case REMOVED -> "removed the second factor of";
                  },
                  text(e.user()),
                  text(e.plugin()));
      case AuditEvent.MemoryRefused e ->
          "%s was refused memory: %d bytes of a share of %d are reserved, and %d of %d by all users"
              .formatted(text(e.user()), e.held(), e.share(), e.heldByAll(), e.total());
      case AuditEvent.NoiseSummary e -> noise(e);
      case AuditEvent.PenaltyBegan e ->
          "%s is refused for %s because it %s"
              .formatted(text(e.penalty().network()), duration(e.duration()), text(e.misconduct()));
      case AuditEvent.PenaltyEnded e ->
          "%s is no longer refused after %s; %s refused%s"
              .formatted(
                  text(e.penalty().network()),
                  duration(Duration.between(e.penalty().since(), e.at())),
                  e.turnedAway() == 1 ? "1 connection was" : e.turnedAway() + " connections were",
                  because(e.reason()));
      case AuditEvent.ConnectionOpened e -> source(e.connection()) + " connected" + via(e);
      case AuditEvent.ConnectionClosed e ->
          "%s%s disconnected after %s%s"
              .formatted(
                  e.user().map(user -> text(user) + " from ").orElse(""),
                  source(e.connection()),
                  used(e.duration(), e.bytesIn(), e.bytesOut()),
                  because(e.reason()));
      case AuditEvent.AuthenticationSucceeded e ->
          "%s logged in from %s with %s%s"
              .formatted(
                  text(e.user()),
                  source(e.connection()),
                  LoginSentence.evidence(e.evidence(), e.label()),
                  LoginSentence.secondFactor(e.secondFactor()));
      case AuditEvent.AuthenticationFailed e ->
          "%s failed to log in from %s with %s%s%s"
              .formatted(
                  text(e.user()),
                  source(e.connection()),
                  LoginSentence.evidence(e.evidence(), ""),
                  because(e.reason()),
                  LoginSentence.otherOffers(e));
      case AuditEvent.ConnectionRevoked e ->
          "%s from %s was disconnected because the login is no longer valid%s"
              .formatted(text(e.user()), source(e.connection()), because(e.reason()));
      case AuditEvent.RequestRefused e ->
          "%s was refused %s%s from %s%s"
              .formatted(
                  text(e.user()),
                  text(e.kind()),
                  e.detail().isEmpty() ? "" : " \"" + text(e.detail()) + "\"",
                  source(e.connection()),
                  because(e.reason()));
      case AuditEvent.ForwardOpened e ->
          "%s opened %s for %s from %s%s"
              .formatted(
                  text(e.forward().user()),
                  target(e.forward().target(), e.address()),
                  text(e.rule()),
                  source(e.connection()),
                  // A forward that is only carried needs no word.
                  e.record().equals("session") ? ", inspected and recorded" : "");
      case AuditEvent.ForwardRefused e ->
          "%s was refused %s (%s) from %s%s"
              .formatted(
                  text(e.forward().user()),
                  target(e.forward().target()),
                  e.denial().reason().code(),
                  source(e.connection()),
                  because(e.denial().text()));
      case AuditEvent.ForwardFailed e ->
          "%s could not reach %s for %s from %s%s"
              .formatted(
                  text(e.forward().user()),
                  target(e.forward().target()),
                  text(e.rule()),
                  source(e.connection()),
                  because(e.reason()));
      case AuditEvent.ForwardClosed e ->
          "%s closed %s after %s%s%s"
              .formatted(
                  text(e.forward().user()),
                  target(e.forward().target(), e.address()),
                  used(e.duration(), e.bytesToTarget(), e.bytesFromTarget()),
                  e.traffic().protocol().isEmpty()
                      ? ""
                      : ", by its first bytes " + text(e.traffic().protocol()),
                  because(e.reason()));
      case SessionEvent e -> SessionSentence.of(e);
      case RecordingEvent e -> RecordingSentence.of(e);
    };
  }

  private static String noise(AuditEvent.NoiseSummary e) {
    String sources =
        EventText.busiestFirst(e.sources())
            .map(source -> text(source.getKey()) + " (" + source.getValue() + ")")
            .collect(Collectors.joining(", "));
    return "unauthenticated clients within %s: %s, %d of them refused (%d for a penalty), %s more and %s, from %s%s"
        .formatted(
            duration(Duration.between(e.since(), e.at())),
            count(e.connections(), "connection"),
            e.refused(),
            e.penalised(),
            e.penalties() == 1 ? "1 penalty" : e.penalties() + " penalties",
            count(e.failures(), "failed login"),
            sources,
            e.otherSources() ? " and others" : "");
  }

  /** The load balancer that named the client's address. */
  private static String via(AuditEvent.ConnectionOpened event) {
    Optional<InetSocketAddress> balancer = event.connection().via();
    return balancer
        .map(address -> " through the load balancer " + EventText.host(address))
        .orElse("");
  }
}
