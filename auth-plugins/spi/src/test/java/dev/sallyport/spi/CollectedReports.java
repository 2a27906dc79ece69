package dev.sallyport.spi;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a plugin tells the operator, for a test to read. */
public final class CollectedReports implements Reporter {
  private final List<String> problems = new CopyOnWriteArrayList<>();

  @Override
  public void problem(String where, String what) {
    problems.add(where + ": " + what);
  }

  /** Each report so far as {@code where: what}, in their order. */
  public List<String> problems() {
    return List.copyOf(problems);
  }
}
