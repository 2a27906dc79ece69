import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The figures, for people as a table and for programs as JSON. */
final class Report {
  /** What the ratio of Sallyport to sshd should be. */
  record Goal(boolean atLeast, double ratio) {
    static Goal atLeast(double ratio) {
      return new Goal(true, ratio);
    }

    static Goal atMost(double ratio) {
      return new Goal(false, ratio);
    }

    boolean met(double measured) {
      return atLeast ? measured >= ratio : measured <= ratio;
    }

    @Override
    public String toString() {
      return (atLeast ? ">= " : "<= ") + number(ratio);
    }
  }

  /**
   * One line of the table.
   *
   * @param id stable name in the JSON
   * @param sallyport all runs, in their order; the median counts
   * @param sshd as many
   */
  private record Figure(
      String id,
      String title,
      String unit,
      Optional<Goal> goal,
      List<Double> sallyport,
      List<Double> sshd) {
    double ratio() {
      return median(sallyport) / median(sshd);
    }
  }

  private final List<Figure> figures = new ArrayList<>();
  private final Map<String, String> environment = new LinkedHashMap<>();

  /** Adds a figure without a target. */
  void add(String id, String title, String unit, List<Double> sallyport, List<Double> sshd) {
    figures.add(new Figure(id, title, unit, Optional.empty(), sallyport, sshd));
  }

  /** Adds a figure that may have a target. */
  void add(
      String id,
      String title,
      String unit,
      Optional<Goal> goal,
      List<Double> sallyport,
      List<Double> sshd) {
    figures.add(new Figure(id, title, unit, goal, sallyport, sshd));
  }

  /** Says under which circumstances the figures came about. */
  void circumstance(String name, String value) {
    environment.put(name, value);
  }

  void print(PrintStream out) {
    String line = "%-44s %10s %10s %8s   %s%n";
    out.printf(Locale.ROOT, line, "median", "sallyport", "sshd", "ratio", "target");
    for (Figure figure : figures) {
      out.printf(
          Locale.ROOT,
          line,
          figure.title() + ", " + figure.unit(),
          number(median(figure.sallyport())),
          number(median(figure.sshd())),
          String.format(Locale.ROOT, "%.2f", figure.ratio()),
          figure
              .goal()
              .map(goal -> goal + (goal.met(figure.ratio()) ? "  met" : "  MISSED"))
              .orElse(""));
    }
    out.println();
    environment.forEach((name, value) -> out.println(name + ": " + value));
  }

  void write(Path file) throws IOException {
    String json = figures.stream().map(Report::json).collect(Collectors.joining(",\n", "", "\n"));
    String circumstances =
        environment.entrySet().stream()
            .map(entry -> "    " + quoted(entry.getKey()) + ": " + quoted(entry.getValue()))
            .collect(Collectors.joining(",\n", "", "\n"));
    Files.writeString(
        file,
        "{\n  \"figures\": {\n"
            + json
            + "  },\n  \"environment\": {\n"
            + circumstances
            + "  }\n}\n");
  }

  /** The middle one, or the mean of the two in the middle. */
  static double median(List<Double> runs) {
    double[] sorted = runs.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** Three significant digits: the runs do not agree on more. */
  static String number(double value) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros();
    return rounded.toPlainString();
  }

  private static String json(Figure figure) {
    String goal =
        figure
            .goal()
            .map(g -> ", \"target\": \"" + g + "\", \"met\": " + g.met(figure.ratio()))
            .orElse("");
    return String.format(
        Locale.ROOT,
        "    %s: {\"sallyport\": %s, \"sshd\": %s, \"ratio\": %s, \"unit\": %s%s,\n"
            + "      \"runs\": {\"sallyport\": %s, \"sshd\": %s}}",
        quoted(figure.id()),
        number(median(figure.sallyport())),
        number(median(figure.sshd())),
        number(figure.ratio()),
        quoted(figure.unit()),
        goal,
        runs(figure.sallyport()),
        runs(figure.sshd()));
  }

  private static String runs(List<Double> runs) {
    return runs.stream().map(Report::number).collect(Collectors.joining(", ", "[", "]"));
  }

  /** RFC 8259, section 7. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
