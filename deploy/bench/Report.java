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
  /** What the ratio of Sallyport to what is beside it should be. */
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

  /** What Sallyport is measured beside. */
  enum Beside {
    SSHD("sshd"),
    /** {@code ssh -J} through Sallyport, by a rule that does not record the session. */
    PLAIN_FORWARD("plain -J"),
    /** sshd as the bastion, with {@code ssh -t bastion ssh target}. */
    TWO_HOPS("two hops");

    private final String title;

    Beside(String title) {
      this.title = title;
    }
  }

  /**
   * One line of the table.
   *
   * @param id stable name in the JSON
   * @param sallyport all runs, in their order; the median counts
   * @param other as many
   */
  private record Figure(
      String id,
      String title,
      String unit,
      Beside beside,
      Optional<Goal> goal,
      List<Double> sallyport,
      List<Double> other) {
    double ratio() {
      return median(sallyport) / median(other);
    }
  }

  private final List<Figure> figures = new ArrayList<>();
  private final Map<String, String> environment = new LinkedHashMap<>();

  /** Adds a figure without a target. */
  void add(String id, String title, String unit, List<Double> sallyport, List<Double> sshd) {
    add(id, title, unit, Beside.SSHD, Optional.empty(), sallyport, sshd);
  }

  /** Adds a figure that may have a target. */
  void add(
      String id,
      String title,
      String unit,
      Optional<Goal> goal,
      List<Double> sallyport,
      List<Double> sshd) {
    add(id, title, unit, Beside.SSHD, goal, sallyport, sshd);
  }

  /** Adds a figure beside something else than sshd in Sallyport's place. */
  void add(
      String id,
      String title,
      String unit,
      Beside beside,
      Optional<Goal> goal,
      List<Double> sallyport,
      List<Double> other) {
    figures.add(new Figure(id, title, unit, beside, goal, sallyport, other));
  }

  /** Says under which circumstances the figures came about. */
  void circumstance(String name, String value) {
    environment.put(name, value);
  }

  void print(PrintStream out) {
    String line = "%-52s %10s %10s %-9s %8s   %s%n";
    out.printf(Locale.ROOT, line, "median", "sallyport", "beside", "", "ratio", "target");
    for (Figure figure : figures) {
      out.printf(
          Locale.ROOT,
          line,
          figure.title() + ", " + figure.unit(),
          number(median(figure.sallyport())),
          number(median(figure.other())),
          figure.beside().title,
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
        "    %s: {\"sallyport\": %s, %s: %s, \"ratio\": %s, \"unit\": %s%s,\n"
            + "      \"runs\": {\"sallyport\": %s, %s: %s}}",
        quoted(figure.id()),
        number(median(figure.sallyport())),
        quoted(figure.beside().title),
        number(median(figure.other())),
        number(figure.ratio()),
        quoted(figure.unit()),
        goal,
        runs(figure.sallyport()),
        quoted(figure.beside().title),
        runs(figure.other()));
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
