package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How a command ended.
 *
 * @param command as typed
 * @param exit its exit code; 124 when it had to be ended because its time was over
 */
record Result(String command, int exit, String out, String err) {
  /** This result, which must be a success. */
  Result succeeds() {
    assertThat(exit).as("exit code of%n%s", this).isZero();
    return this;
  }

  /** This result, which must be a failure and no timeout. */
  Result fails() {
    assertThat(exit).as("exit code of%n%s", this).isNotIn(0, 124, 137);
    return this;
  }

  /** Standard output without the white space around it. */
  String text() {
    return out.strip();
  }

  @Override
  public String toString() {
    return "$ %s%n[exit %d]%n%s%n[standard error]%n%s".formatted(command, exit, cut(out), cut(err));
  }

  private static String cut(String text) {
    return text.length() <= 4000 ? text : text.substring(0, 4000) + "...";
  }
}
