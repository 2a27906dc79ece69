package dev.sallyport.audit;

import static dev.sallyport.audit.EventText.because;
import static dev.sallyport.audit.EventText.bytes;
import static dev.sallyport.audit.EventText.count;
import static dev.sallyport.audit.EventText.duration;
import static dev.sallyport.audit.EventText.file;
import static dev.sallyport.audit.EventText.source;
import static dev.sallyport.audit.EventText.target;
import static dev.sallyport.audit.EventText.text;
import static dev.sallyport.audit.EventText.used;

/** Sentences about sessions on targets. */
final class SessionSentence {
  private SessionSentence() {}

  static String of(SessionEvent event) {
    SessionFacts session = event.session();
    String user = text(session.user());
    return switch (event) {
      case SessionEvent.SessionOpened e ->
          "%s opened %s %s for %s from %s by %s%s"
              .formatted(
                  user,
                  command(e.kind(), e.command()),
                  where(session),
                  text(session.rule()),
                  source(e.connection()),
                  text(session.way()),
                  // Locales and the like, which are many, are among the event's attributes.
                  e.environment().isEmpty()
                      ? ""
                      : " with " + count(e.environment().size(), "variable"));
      case SessionEvent.SessionClosed e ->
          "%s closed %s %s after %s%s%s%s"
              .formatted(
                  user,
                  command(e.kind(), e.command()),
                  where(session),
                  used(e.duration(), e.bytesToTarget(), e.bytesFromTarget()),
                  e.exitStatus().map(status -> ", exit status " + status).orElse(""),
                  e.exitSignal().map(signal -> ", signal " + text(signal)).orElse(""),
                  because(e.reason()));
      case SessionEvent.SessionFailed e ->
          "%s could not open a session %s for %s from %s%s"
              .formatted(
                  user,
                  where(session),
                  text(session.rule()),
                  source(e.connection()),
                  because(e.reason()));
      case SessionEvent.SessionRequested e ->
          "%s %s %s%s to the session %s"
              .formatted(
                  user,
                  e.passed() ? "sent" : "could not send",
                  text(e.request()),
                  e.detail().isEmpty() ? "" : " \"" + text(e.detail()) + "\"",
                  where(session));
      case SessionEvent.AgentOpened e ->
          "a program of %s %s began to use the agent of %s at %s"
              .formatted(user, where(session), user, source(e.connection()));
      case SessionEvent.AgentClosed e ->
          "a program of %s %s used the agent of %s for %s, %s asked, %s answered"
              .formatted(
                  user,
                  where(session),
                  user,
                  duration(e.duration()),
                  bytes(e.bytesToAgent()),
                  bytes(e.bytesFromAgent()));
      case SessionEvent.FileTransferred e ->
          "%s %s %s %s with %s, %s%s%s"
              .formatted(
                  user,
                  switch (e.direction()) {
                    case PUT -> did(e.result(), "sent", "send");
                    case GET -> did(e.result(), "fetched", "fetch");
                  },
                  file(e.path()),
                  where(session),
                  text(e.protocol()),
                  bytes(e.bytes()),
                  e.sha256().isEmpty() ? "" : " (SHA-256 " + text(e.sha256()) + ")",
                  why(e.result()));
      case SessionEvent.FileChanged e -> change(e, user);
      case SessionEvent.TargetKeyAccepted e ->
          "%s was accepted for %s as %s"
              .formatted(key(session, e.keyType(), e.fingerprint()), user, text(e.how()));
      case SessionEvent.TargetKeyRefused e ->
          "%s was refused for %s%s"
              .formatted(key(session, e.keyType(), e.fingerprint()), user, because(e.reason()));
    };
  }

  private static String change(SessionEvent.FileChanged e, String user) {
    String result = e.result();
    String done =
        switch (e.change()) {
          case REMOVE -> did(result, "removed", "remove");
          case REMOVE_DIRECTORY -> did(result, "removed", "remove") + " directory";
          case RENAME -> did(result, "renamed", "rename");
          case MAKE_DIRECTORY -> did(result, "made", "make") + " directory";
          case SET_ATTRIBUTES -> did(result, "set", "set") + " attributes of";
          case LINK -> did(result, "made", "make") + " link";
          case COPY -> did(result, "copied", "copy");
          case UNKNOWN -> "";
        };
    if (done.isEmpty()) {
      return "%s %s: %s%s".formatted(user, where(e.session()), text(e.detail()), why(result));
    }
    return "%s %s %s%s%s %s%s"
        .formatted(
            user,
            done,
            file(e.path()),
            e.newPath().map(path -> " to " + file(path)).orElse(""),
            e.detail().isEmpty() ? "" : " (" + text(e.detail()) + ")",
            where(e.session()),
            why(result));
  }

  private static String did(String result, String past, String infinitive) {
    return result.equals(SessionEvent.OK) ? past : "could not " + infinitive;
  }

  private static String why(String result) {
    return result.equals(SessionEvent.OK) ? "" : because(result);
  }

  private static String command(String kind, String command) {
    return text(kind) + (command.isEmpty() ? "" : " \"" + text(command) + "\"");
  }

  private static String where(SessionFacts session) {
    return "as %s on %s"
        .formatted(text(session.login()), target(session.target(), session.address()));
  }

  private static String key(SessionFacts session, String type, String fingerprint) {
    return "the %s host key %s of %s"
        .formatted(text(type), text(fingerprint), target(session.target(), session.address()));
  }
}
