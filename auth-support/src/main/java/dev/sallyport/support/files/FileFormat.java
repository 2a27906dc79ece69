package dev.sallyport.support.files;

import dev.sallyport.support.reports.Fault;
import java.util.List;

/**
 * What {@link WatchedFiles} reads.
 *
 * @param what what such a file is called, such as {@code file of keys}
 * @param consequence what follows from one that cannot be used, such as {@code none of its keys can
 *     log in}
 * @param largest in bytes; anything larger is an accident, and is never read
 * @param kept most bytes of such files in memory, more than {@code largest}
 */
public record FileFormat<T>(
    String what, String consequence, int largest, long kept, Parser<T> parser) {
  /** Makes something of a file's bytes; called by many threads at once. */
  @FunctionalInterface
  public interface Parser<T> {
    /**
     * Reads them.
     *
     * @param source the file's path
     */
    Parsed<T> parse(String source, byte[] content);
  }

  /** What comes of parsing. */
  public sealed interface Parsed<T> {}

  /**
   * It can be used.
   *
   * @param faults what is to be mended all the same
   */
  public record Whole<T>(T value, List<Fault> faults) implements Parsed<T> {}

  /**
   * It cannot be used.
   *
   * @param why a sentence without its beginning, such as {@code is empty}
   */
  public record Useless<T>(String why) implements Parsed<T> {}
}
