package dev.sallyport.recording.traffic;

import java.util.List;
import java.util.Optional;

/**
 * A summary of a forward's traffic.
 *
 * @param samples in order, without gaps, at most {@value Series#MOST}
 * @param protocol a guess from the first bytes of both sides, such as {@code ssh}, {@code tls},
 *     {@code postgresql}; two names joined by {@code or} when the sides disagree; {@code unknown}
 */
public record Traffic(
    List<Sample> samples, String protocol, Optional<Glimpse> client, Optional<Glimpse> target) {
  /** Copies the list. */
  public Traffic {
    samples = List.copyOf(samples);
  }
}
