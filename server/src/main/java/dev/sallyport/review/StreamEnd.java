package dev.sallyport.review;

import dev.sallyport.model.SafeText;
import dev.sallyport.recording.Manifest;
import java.util.Locale;
import java.util.Optional;

/**
 * The line at the end of a stream in an export: how much was recorded, and what is missing and why.
 * Printable ASCII. A stream may contain such a line, too; the last one is the export's.
 */
final class StreamEnd {
  private static final int SHOWN = 200;

  private StreamEnd() {}

  /** The line; empty when there was no such stream. */
  static Optional<String> of(String stream, Manifest manifest) {
    if (manifest.ending().isEmpty()) {
      return Optional.of("[" + stream + " so far; the recording has no end yet]");
    }
    Manifest.Ending ending = manifest.ending().get();
    long missing = ending.unkept().getOrDefault(stream, 0L);
    Optional<Manifest.FileFacts> facts = Optional.ofNullable(ending.files().get(stream));
    if (facts.isEmpty() && missing == 0) {
      return Optional.empty();
    }
    long kept = facts.map(Manifest.FileFacts::bytes).orElse(0L);
    return Optional.of("[end of %s: %s]".formatted(stream, extent(stream, kept, missing, ending)));
  }

  private static String extent(String stream, long kept, long missing, Manifest.Ending ending) {
    if (missing > 0) {
      return "%s of %s bytes; the other %s are not in the recording: %s"
          .formatted(count(kept), count(kept + missing), count(missing), why(stream, kept, ending));
    }
    return ending.truncated()
        ? "%s bytes; what followed is not known: %s"
            .formatted(count(kept), shown(ending.stopped().orElse(ending.reason())))
        : "%s bytes, complete".formatted(count(kept));
  }

  private static String why(String stream, long kept, Manifest.Ending ending) {
    if (ending.stopped().isPresent()) {
      return shown(ending.stopped().get());
    }
    return kept == 0 && stream.equals("stdin")
        ? "the rule does not keep input without echo"
        : "recording.exec-output keeps no more";
  }

  private static String shown(String text) {
    return SafeText.escape(text, SHOWN);
  }

  private static String count(long bytes) {
    return String.format(Locale.ROOT, "%,d", bytes);
  }
}
