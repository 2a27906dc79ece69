package dev.sallyport.policy;

import dev.sallyport.model.Parsed;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The ports of a destination.
 *
 * @param ranges as written; a single port is a range of one; an empty list matches no port
 */
public record Ports(List<Range> ranges) {
  /** Lowest TCP port that can be dialled. */
  public static final int MIN = 1;

  /** Highest TCP port. */
  public static final int MAX = 65535;

  /** Every port. */
  public static final Ports ALL = of(MIN, MAX);

  private static final Pattern RANGE = Pattern.compile("([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?");

  public Ports {
    ranges = List.copyOf(ranges);
  }

  /**
   * Ports next to each other.
   *
   * @param first {@link #MIN} to {@code last}
   * @param last {@code first} to {@link #MAX}
   */
  public record Range(int first, int last) {
    /**
     * @throws IllegalArgumentException when the ports are out of range or out of order
     */
    public Range {
      if (first < MIN || last > MAX || first > last) {
        throw new IllegalArgumentException("no range of ports: " + first + "-" + last);
      }
    }

    @Override
    public String toString() {
      return first == last ? Integer.toString(first) : first + "-" + last;
    }
  }

  /** Reads {@code 22}, {@code 8000-8999}, or a list of these: {@code 22,80,8000-8999}. */
  public static Parsed<Ports> parse(String text) {
    List<Range> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher matcher = RANGE.matcher(part);
      if (!matcher.matches()) {
        return new Parsed.Malformed<>(
            "has no ports that can be read: write 22, 8000-8999 or 22,80,8000-8999");
      }
      int first = Integer.parseInt(matcher.group(1));
      int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
      if (last > MAX) {
        return new Parsed.Malformed<>("has a port above " + MAX);
      }
      if (first > last) {
        return new Parsed.Malformed<>("has a range of ports that ends before it begins");
      }
      ranges.add(new Range(first, last));
    }
    return new Parsed.Valid<>(new Ports(ranges));
  }

  /** The ports from {@code first} to {@code last}. */
  public static Ports of(int first, int last) {
    return new Ports(List.of(new Range(first, last)));
  }

  /** The ports that are in both. */
  public Ports and(Ports other) {
    return new Ports(
        ranges.stream()
            .flatMap(one ->
                other.ranges.stream()
                    .filter(two -> one.first() <= two.last() && two.first() <= one.last())
                    .map(two ->
                        new Range(
                            Math.max(one.first(), two.first()), Math.min(one.last(), two.last()))))
            .toList());
  }

  /** Whether {@code port} is one of them. */
  public boolean contains(int port) {
    return ranges.stream().anyMatch(range -> range.first() <= port && port <= range.last());
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return ranges.stream().map(Range::toString).collect(Collectors.joining(","));
  }
}
