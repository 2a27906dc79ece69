package dev.sallyport.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What can be told of a forward's bytes without opening them.
 *
 * @param series how much passed when, from the forward's opening on; what is beyond {@link
 *     #MOST_SAMPLES} is added to the last one kept, so that the sums stay true
 * @param protocol a first guess such as {@code ssh}; empty when nothing was looked at
 * @param client what the client showed, if the bytes are SSH
 * @param target what the target showed, if the bytes are SSH
 */
public record TrafficSummary(
    List<TrafficSample> series,
    String protocol,
    Optional<SshGlimpse> client,
    Optional<SshGlimpse> target) {
  /** Samples kept: a forward that lives for weeks must not become a line of megabytes. */
  public static final int MOST_SAMPLES = 64;

  /** Of a forward at whose bytes nobody looked. */
  public static final TrafficSummary NONE =
      new TrafficSummary(List.of(), "", Optional.empty(), Optional.empty());

  public TrafficSummary {
    series = bounded(series);
  }

  private static List<TrafficSample> bounded(List<TrafficSample> series) {
    if (series.size() <= MOST_SAMPLES) {
      return List.copyOf(series);
    }
    List<TrafficSample> kept = new ArrayList<>(series.subList(0, MOST_SAMPLES));
    series
        .subList(MOST_SAMPLES, series.size())
        .forEach(late -> kept.add(kept.removeLast().plus(late)));
    return List.copyOf(kept);
  }
}
