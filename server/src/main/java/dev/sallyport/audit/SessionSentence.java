package dev.sallyport.audit;

import static dev.sallyport.audit.EventText.because;
import static dev.sallyport.audit.EventText.bytes;
import static dev.sallyport.audit.EventText.duration;
import static dev.sallyport.audit.EventText.file;
import static dev.sallyport.audit.EventText.number;
import static dev.sallyport.audit.EventText.rule;
import static dev.sallyport.audit.EventText.source;
import static dev.sallyport.audit.EventText.target;
import static dev.sallyport.audit.EventText.text;
import static dev.sallyport.audit.EventText.used;
import static dev.sallyport.audit.EventText.user;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Sentences about sessions on targets. */
final class SessionSentence {
  /** OCSF's number of success, and of a folder. */
  private static final int SUCCESS = 1;

  private static final int FOLDER = 2;

  private SessionSentence() {}

  /**
   * Nothing when it is no event of a session.
   *
   * @param code {@code metadata.event_code}
   */
  static Optional<String> of(String code, JsonNode event) {
    return switch (code) {
      case "session-opened" ->
          Optional.of(
              "%s opened %s %s for %s from %s by %s%s"
                  .formatted(
                      user(event),
                      command(event),
                      where(event),
                      rule(event),
                      source(event),
                      text(event, "unmapped", "way"),
                      environment(event)));
      case "session-closed" ->
          Optional.of(
              "%s closed %s %s after %s%s%s"
                  .formatted(
                      user(event),
                      command(event),
                      where(event),
                      used(event),
                      exit(event),
                      because(event)));
      case "session-failed" ->
          Optional.of(
              "%s got no session %s for %s from %s%s"
                  .formatted(
                      user(event), where(event), rule(event), source(event), because(event)));
      case "session-requested" ->
          Optional.of(
              "%s %s %s%s to the session %s"
                  .formatted(
                      user(event),
                      did(event, "sent", "send"),
                      text(event, "unmapped", "request"),
                      detail(event),
                      where(event)));
      case "agent-opened" ->
          Optional.of(
              "a program of %s %s began to use the agent of %s at %s"
                  .formatted(user(event), where(event), user(event), source(event)));
      case "agent-closed" ->
          Optional.of(
              "a program of %s %s used the agent of %s for %s, %s asked, %s answered"
                  .formatted(
                      user(event),
                      where(event),
                      user(event),
                      duration(number(event, "duration")),
                      bytes(number(event, "traffic", "bytes_in")),
                      bytes(number(event, "traffic", "bytes_out"))));
      case "file-transferred" -> Optional.of(transfer(event));
      case "file-changed" -> Optional.of(change(event));
      case "target-key-accepted" ->
          Optional.of(
              "%s was accepted for %s as %s"
                  .formatted(key(event), user(event), text(event, "unmapped", "how")));
      case "target-key-refused" ->
          Optional.of("%s was refused for %s%s".formatted(key(event), user(event), because(event)));
      default -> Optional.empty();
    };
  }

  private static String detail(JsonNode event) {
    String detail = text(event, "unmapped", "detail");
    return detail.isEmpty() ? "" : " \"" + detail + "\"";
  }

  private static String transfer(JsonNode event) {
    boolean put = number(event, "activity_id") == 1;
    long count = number(event, "traffic", put ? "bytes_out" : "bytes_in");
    JsonNode hashes = event.path("file").path("hashes");
    String hash = text(hashes.path(0), "value");
    return "%s %s %s %s with %s, %s%s%s"
        .formatted(
            user(event),
            did(event, put ? "sent" : "fetched", put ? "send" : "fetch"),
            file(event, "file", "path"),
            where(event),
            text(event, "app_protocol_name"),
            bytes(count),
            hash.isEmpty() ? "" : " (SHA-256 " + hash + ")",
            because(event));
  }

  private static String change(JsonNode event) {
    String activity = text(event, "activity_name");
    String newPath = file(event, "unmapped", "new_path");
    String detail = text(event, "unmapped", "detail");
    if (activity.equals("Unknown")) {
      return "%s %s: %s%s".formatted(user(event), where(event), detail, because(event));
    }
    String directory = number(event, "file", "type_id") == FOLDER ? " directory" : "";
    String done =
        switch (activity) {
          case "Delete" -> did(event, "removed", "remove") + directory;
          case "Rename" -> did(event, "renamed", "rename");
          case "Make Directory" -> did(event, "made", "make") + directory;
          case "Set Attributes" -> did(event, "set", "set") + " attributes of";
          case "Link" -> did(event, "made", "make") + " link";
          case "Copy" -> did(event, "copied", "copy");
          default -> did(event, "changed", "change");
        };
    return "%s %s %s%s%s %s%s"
        .formatted(
            user(event),
            done,
            file(event, "file", "path"),
            newPath.isEmpty() ? "" : " to " + newPath,
            detail.isEmpty() ? "" : " (" + detail + ")",
            where(event),
            because(event));
  }

  private static String did(JsonNode event, String past, String infinitive) {
    return number(event, "status_id") == SUCCESS ? past : "could not " + infinitive;
  }

  private static String command(JsonNode event) {
    String command = text(event, "unmapped", "command");
    return text(event, "unmapped", "kind") + (command.isEmpty() ? "" : " \"" + command + "\"");
  }

  /** Locales and the like, which are many and mostly dull, stay in the log. */
  private static String environment(JsonNode event) {
    int count = event.path("unmapped").path("environment").size();
    return count == 0 ? "" : " with %d variable%s".formatted(count, count == 1 ? "" : "s");
  }

  private static String where(JsonNode event) {
    return "as %s on %s".formatted(text(event, "unmapped", "login"), target(event));
  }

  private static String exit(JsonNode event) {
    JsonNode unmapped = event.path("unmapped");
    return (unmapped.has("exit_status") ? ", exit status " + number(unmapped, "exit_status") : "")
        + (unmapped.has("exit_signal") ? ", signal " + text(unmapped, "exit_signal") : "");
  }

  private static String key(JsonNode event) {
    return "the %s host key %s of %s"
        .formatted(
            text(event, "unmapped", "key_type"),
            text(event, "unmapped", "key_fingerprint"),
            target(event));
  }
}
