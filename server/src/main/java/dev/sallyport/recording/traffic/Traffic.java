package dev.sallyport.recording.traffic;

import java.util.List;
import java.util.Optional;

/**
 * The shape of a forward.
 *
 * @param samples in order, without gaps, at most {@value Series#MOST}
 * @param protocol a first guess from the first bytes of both sides: such as {@code ssh}, {@code
 *     tls}, {@code postgresql}; two names with {@code or} between when the sides disagree; {@code
 *     unknown}
 */
public record Traffic(
    List<Sample> samples, String protocol, Optional<Glimpse> client, Optional<Glimpse> target) {
  /** Keeps its own list. */
  public Traffic {
    samples = List.copyOf(samples);
  }
}
