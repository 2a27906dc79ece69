package dev.sallyport.cli;

import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Option;

/** The option {@code --json}. */
@NullUnmarked // picocli fills the fields
final class JsonOption {
  @Option(names = "--json", description = "Print facts as JSON Lines: each line is an object.")
  private boolean json;

  boolean isGiven() {
    return json;
  }
}
