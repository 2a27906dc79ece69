package dev.sallyport.operations;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What is spoken on the control socket: a line that asks, and lines that answer until the end. */
final class ControlText {
  /** Longest line: an error of the configuration has a few hundred characters. */
  private static final int LONGEST_LINE = 64 * 1024;

  private static final String RELOADED = "reloaded";
  private static final String REJECTED = "rejected";
  private static final String FAILED = "failed";
  private static final String CHANGED = "changed ";
  private static final String NEEDS_RESTART = "needs-restart ";

  private ControlText() {}

  static String of(ReloadAnswer answer) {
    List<String> lines = new ArrayList<>();
    switch (answer) {
      case ReloadAnswer.Reloaded(List<String> changed, List<String> needRestart) -> {
        lines.add(RELOADED);
        changed.forEach(key -> lines.add(CHANGED + key));
        needRestart.forEach(key -> lines.add(NEEDS_RESTART + key));
      }
      case ReloadAnswer.Rejected(List<String> errors) -> {
        lines.add(REJECTED);
        lines.addAll(errors);
      }
      case ReloadAnswer.Failed(String fault) -> {
        lines.add(FAILED);
        lines.add(fault);
      }
    }
    return String.join("\n", lines) + "\n";
  }

  /**
   * Reads it back.
   *
   * @throws IOException when it is no answer, because the server ended say
   */
  static ReloadAnswer parse(String text) throws IOException {
    List<String> lines = text.lines().toList();
    String kind = lines.isEmpty() || !text.endsWith("\n") ? "" : lines.getFirst();
    List<String> rest = lines.isEmpty() ? lines : lines.subList(1, lines.size());
    return switch (kind) {
      case RELOADED -> new ReloadAnswer.Reloaded(after(CHANGED, rest), after(NEEDS_RESTART, rest));
      case REJECTED -> new ReloadAnswer.Rejected(rest);
      case FAILED -> new ReloadAnswer.Failed(String.join(" ", rest));
      default -> throw new IOException("the server gave no answer; its log says why");
    };
  }

  private static List<String> after(String prefix, List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .toList();
  }

  static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (line.length() == LONGEST_LINE) {
        throw new IOException("a request without end");
      }
      line.append((char) c);
    }
    return line.toString();
  }

  static String readAll(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }
}
