package dev.sallyport.operations;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The protocol of the control socket: one line as the request, and lines until the end as the
 * answer.
 */
final class ControlText {
  /** Longest line in characters. An error of the configuration has a few hundred. */
  private static final int LONGEST_LINE = 64 * 1024;

  private static final String RELOADED = "reloaded";
  private static final String REJECTED = "rejected";
  private static final String FAILED = "failed";
  private static final String OTHER_FILE = "other-file";
  private static final String FILE = "file ";
  private static final String CHANGED = "changed ";
  private static final String NEEDS_RESTART = "needs-restart ";
  private static final String WARNING = "warning ";
  private static final String ADMISSION = "admission";
  private static final String REFUSED = "refused ";

  private ControlText() {}

  static String of(ReloadAnswer answer) {
    List<String> lines = new ArrayList<>();
    switch (answer) {
      case ReloadAnswer.Reloaded(var file, var changed, var needRestart, var warnings) -> {
        lines.add(RELOADED);
        lines.add(FILE + file);
        changed.forEach(key -> lines.add(CHANGED + key));
        needRestart.forEach(key -> lines.add(NEEDS_RESTART + key));
        warnings.forEach(warning -> lines.add(WARNING + warning));
      }
      case ReloadAnswer.Rejected(List<String> errors) -> {
        lines.add(REJECTED);
        lines.addAll(errors);
      }
      case ReloadAnswer.Failed(String fault) -> {
        lines.add(FAILED);
        lines.add(fault);
      }
      case ReloadAnswer.OtherFile(String file) -> {
        lines.add(OTHER_FILE);
        lines.add(file);
      }
    }
    return String.join("\n", lines) + "\n";
  }

  /**
   * Parses an answer.
   *
   * @throws IOException when it is no answer, for example because the server has ended
   */
  static ReloadAnswer parse(String text) throws IOException {
    List<String> lines = text.lines().toList();
    String kind = lines.isEmpty() || !text.endsWith("\n") ? "" : lines.getFirst();
    List<String> rest = lines.isEmpty() ? lines : lines.subList(1, lines.size());
    return switch (kind) {
      case RELOADED ->
          new ReloadAnswer.Reloaded(
              String.join("", after(FILE, rest)),
              after(CHANGED, rest),
              after(NEEDS_RESTART, rest),
              after(WARNING, rest));
      case REJECTED -> new ReloadAnswer.Rejected(rest);
      case FAILED -> new ReloadAnswer.Failed(String.join(" ", rest));
      case OTHER_FILE -> new ReloadAnswer.OtherFile(String.join(" ", rest));
      default -> throw new IOException("the server gave no answer; its log says why");
    };
  }

  static String ofRefusals(List<String> refusals) {
    return Stream.concat(Stream.of(ADMISSION), refusals.stream().map(REFUSED::concat))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /**
   * Reads it back.
   *
   * @throws IOException when it is no answer, because the server ended say or knows no such request
   */
  static List<String> parseRefusals(String text) throws IOException {
    List<String> lines = text.lines().toList();
    if (!text.endsWith("\n") || !lines.getFirst().equals(ADMISSION)) {
      throw new IOException("the server gave no answer; it may be of an earlier version");
    }
    return after(REFUSED, lines);
  }

  private static List<String> after(String prefix, List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .toList();
  }

  static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (line.size() == LONGEST_LINE) {
        throw new IOException("a request without end");
      }
      line.write(c);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  static String readAll(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }
}
