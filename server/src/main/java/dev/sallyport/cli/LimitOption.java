package dev.sallyport.cli;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option {@code --limit}. */
@NullUnmarked // picocli fills the fields
final class LimitOption {
  /** So many lines of the audit log are in memory until the last one is known: some 150 MB. */
  private static final int MOST = 100_000;

  @Option(
      names = "--limit",
      paramLabel = "N",
      converter = Converter.class,
      description = "Only the last N, which are the newest; 1 to 100000. All unless given.")
  private Integer limit;

  static final class Converter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      if (!text.matches("[0-9]{1,6}")
          || Integer.parseInt(text) < 1
          || Integer.parseInt(text) > MOST) {
        throw new TypeConversionException("write a number from 1 to " + MOST);
      }
      return Integer.valueOf(text);
    }
  }

  /** Empty when all are wanted. */
  OptionalInt given() {
    return limit == null ? OptionalInt.empty() : OptionalInt.of(limit);
  }

  /** The wanted ones of a whole list. */
  <T> List<T> of(List<T> all) {
    return limit == null ? all : all.subList(Math.max(0, all.size() - limit), all.size());
  }
}
