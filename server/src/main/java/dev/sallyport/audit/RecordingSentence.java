package dev.sallyport.audit;

import static dev.sallyport.audit.EventText.because;
import static dev.sallyport.audit.EventText.bytes;
import static dev.sallyport.audit.EventText.count;
import static dev.sallyport.audit.EventText.target;
import static dev.sallyport.audit.EventText.text;

import java.util.Set;
import java.util.stream.Collectors;

/** Sentences about recordings. */
final class RecordingSentence {
  private static final Set<String> OUTPUT = Set.of("stdout", "stderr", "output");

  private RecordingSentence() {}

  static String of(RecordingEvent event) {
    return switch (event) {
      case RecordingEvent.RecordingStarted e ->
          "%s started in %s".formatted(recording(e.session()), text(e.path()));
      case RecordingEvent.RecordingFinalised e ->
          "%s is %s in %s, %s in %s%s"
              .formatted(
                  recording(e.session()),
                  extent(e),
                  text(e.path()),
                  bytes(e.bytes()),
                  count(e.sha256().size(), "file"),
                  because(e.reason()));
      case RecordingEvent.RecordingFailed e ->
          "%s failed and the session %s%s"
              .formatted(
                  recording(e.session()),
                  e.sessionGoesOn() ? "continues without it" : "ends",
                  because(e.reason()));
      case RecordingEvent.RecordingRemoved e ->
          "the recording in %s was removed%s".formatted(text(e.path()), because(e.reason()));
      case RecordingEvent.RecordingRead e ->
          "%s read the recording in %s (%s)"
              .formatted(
                  EventText.operator(e.operator(), e.behalf()), text(e.path()), text(e.how()));
      case RecordingEvent.RecordingsSpace e ->
          "recorded sessions %s: %s free for recordings, the reserve is %s"
              .formatted(
                  e.low() ? "are refused" : "start again",
                  bytes(e.freeBytes()),
                  bytes(e.reserveBytes()));
    };
  }

  /**
   * How complete a recording is. Input and file transfers are left out if the rule says so; output
   * is left out only for a reason that the operator should see.
   */
  private static String extent(RecordingEvent.RecordingFinalised e) {
    String unkept =
        e.unkept().entrySet().stream()
            .map(one -> bytes(one.getValue()) + " of " + text(one.getKey()))
            .collect(Collectors.joining(" and "));
    if (e.truncated()) {
      return "truncated" + (unkept.isEmpty() ? "" : " and without " + unkept);
    }
    if (unkept.isEmpty()) {
      return "complete";
    }
    boolean lacksOutput = e.unkept().keySet().stream().anyMatch(OUTPUT::contains);
    return (lacksOutput ? "not complete, without " : "complete but for ") + unkept;
  }

  private static String recording(SessionFacts session) {
    return "the recording of %s as %s on %s"
        .formatted(text(session.user()), text(session.login()), target(session.target()));
  }
}
