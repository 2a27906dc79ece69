package dev.sallyport.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who types into a terminal of a machine: the steps of {@code typist.py}. */
final class Typist {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Machine machine;
  private final String program;
  private final List<List<Object>> steps = new ArrayList<>();

  /**
   * @param machine where the terminal is
   * @param program what runs in it: a command line
   */
  Typist(Machine machine, String program) {
    this.machine = machine;
    this.program = program;
  }

  /** Waits until the terminal was sent this. */
  Typist sees(String text) {
    return step("expect", text);
  }

  /** Types this, and Return. */
  Typist enters(String line) {
    return types(line + "\r");
  }

  /** Types just this. */
  Typist types(String text) {
    return step("type", text);
  }

  /** Waits until the picture stands. */
  Typist rests() {
    return step("quiet");
  }

  /**
   * Gives the window another size while the picture stands, and waits until it stands again:
   * programs throw away what is typed while they draw.
   */
  Typist resizesTo(int columns, int rows) {
    return rests().step("resize", columns, rows).rests();
  }

  private Typist step(Object... words) {
    steps.add(List.of(words));
    return this;
  }

  /** Does all of it, in a window of this size, until the program ends. */
  Typed in(int columns, int rows) {
    String script =
        steps.stream().map(JSON::writeValueAsString).collect(Collectors.joining("\n", "", "\n"));
    machine.write("/tmp/steps", script);
    Result result =
        machine.run(
            "python3 /usr/local/lib/lab/typist.py %dx%d %s </tmp/steps"
                .formatted(columns, rows, program));
    return new Typed(result);
  }

  /** What came of it. */
  record Typed(Result result) {
    /** What the terminal was sent; the program must have ended well. */
    Cast succeeds() {
      return Cast.parse(result.succeeds().out());
    }
  }
}
