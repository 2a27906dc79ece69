import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How much something rises over time: the median of the slopes between all pairs of its values
 * (Theil and Sen), times the time between the first and the last. Outliers do not move it, however
 * far out they are, as long as they are fewer than 29 of 100.
 */
final class Trend {
  private final String what;
  private final String unit;
  private final double bound;
  private final List<double[]> points = new ArrayList<>();

  /**
   * @param bound how much it may have risen at the end; for 0, as much as its median
   */
  Trend(String what, String unit, double bound) {
    this.what = what;
    this.unit = unit;
    this.bound = bound;
  }

  void add(double seconds, double value) {
    points.add(new double[] {seconds, value});
  }

  private double bound() {
    return bound > 0 ? bound : median(points.stream().mapToDouble(point -> point[1]).toArray());
  }

  /** What it rose by; negative when it fell. */
  double rise() {
    List<Double> slopes = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      for (int j = i + 1; j < points.size(); j++) {
        double[] a = points.get(i);
        double[] b = points.get(j);
        slopes.add((b[1] - a[1]) / (b[0] - a[0]));
      }
    }
    return slopes.isEmpty()
        ? 0
        : median(slopes.stream().mapToDouble(slope -> slope).toArray())
            * (points.getLast()[0] - points.getFirst()[0]);
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values.length == 0 ? 0 : values[values.length / 2];
  }

  Optional<String> fault() {
    return rise() > bound() ? Optional.of(this + ", which is too much") : Optional.empty();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s: %+.1f %s, at most %.1f may be", what, rise(), unit, bound());
  }
}
