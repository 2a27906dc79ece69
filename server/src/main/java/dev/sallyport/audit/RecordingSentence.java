package dev.sallyport.audit;

import static dev.sallyport.audit.EventText.because;
import static dev.sallyport.audit.EventText.bytes;
import static dev.sallyport.audit.EventText.endpoint;
import static dev.sallyport.audit.EventText.number;
import static dev.sallyport.audit.EventText.text;
import static dev.sallyport.audit.EventText.user;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Sentences about recordings. */
final class RecordingSentence {
  private static final Set<String> OUTPUT = Set.of("stdout", "stderr", "output");

  private RecordingSentence() {}

  /**
   * Nothing when it is no event of a recording.
   *
   * @param code {@code metadata.event_code}
   */
  static Optional<String> of(String code, JsonNode event) {
    return switch (code) {
      case "recording-started" ->
          Optional.of("%s started in %s".formatted(recording(event), text(event, "file", "path")));
      case "recording-finalised" ->
          Optional.of(
              "%s is %s in %s, %s in %d files%s"
                  .formatted(
                      recording(event),
                      extent(event.path("unmapped")),
                      text(event, "file", "path"),
                      bytes(number(event, "file", "size")),
                      event.path("unmapped").path("files").size(),
                      because(event)));
      case "recording-failed" ->
          Optional.of(
              "%s failed and the session %s%s"
                  .formatted(
                      recording(event),
                      event.path("unmapped").path("session_goes_on").booleanValue(false)
                          ? "goes on without it"
                          : "ends",
                      because(event)));
      case "recording-removed" ->
          Optional.of(
              "the recording in %s was removed%s"
                  .formatted(text(event, "file", "path"), because(event)));
      case "recording-read" ->
          Optional.of(
              "%s read the recording in %s (%s)"
                  .formatted(
                      operator(event),
                      text(event, "file", "path"),
                      text(event, "unmapped", "how")));
      case "recordings-space" -> Optional.of(space(event.path("unmapped")));
      default -> Optional.empty();
    };
  }

  /**
   * How much of what passed a recording holds. Input, and what carries files, is left out because
   * the rule says so; output never is without a reason that the operator should see.
   */
  private static String extent(JsonNode unmapped) {
    String unkept =
        unmapped
            .path("unkept")
            .valueStream()
            .map(one -> bytes(number(one, "bytes")) + " of " + text(one, "name"))
            .collect(Collectors.joining(" and "));
    if (unmapped.path("truncated").booleanValue(false)) {
      return "truncated" + (unkept.isEmpty() ? "" : " and without " + unkept);
    }
    if (unkept.isEmpty()) {
      return "complete";
    }
    boolean lacksOutput =
        unmapped
            .path("unkept")
            .valueStream()
            .anyMatch(one -> OUTPUT.contains(one.path("name").asString("")));
    return (lacksOutput ? "not complete, without " : "complete but for ") + unkept;
  }

  private static String recording(JsonNode event) {
    String host = text(event, "unmapped", "target_host");
    return "the recording of %s as %s on %s"
        .formatted(
            user(event),
            text(event, "unmapped", "login"),
            endpoint(host, number(event, "unmapped", "target_port")));
  }

  /** Who did it on the bastion itself, and for whom. */
  static String operator(JsonNode event) {
    String behalf = text(event, "unmapped", "behalf");
    return user(event) + (behalf.isEmpty() ? "" : " for " + behalf);
  }

  private static String space(JsonNode unmapped) {
    String free = bytes(number(unmapped, "free_bytes"));
    String reserve = bytes(number(unmapped, "reserve_bytes"));
    return unmapped.path("low").booleanValue(false)
        ? "no recorded session starts: %s are free for recordings, the reserve is %s"
            .formatted(free, reserve)
        : "recorded sessions start again: %s are free for recordings, the reserve is %s"
            .formatted(free, reserve);
  }
}
