package dev.sallyport.recording.traffic;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Watches a forward that is carried as it is: how much passes when, what protocol the first bytes
 * look like, and who both sides of SSH or a TLS client say they are. After the first bytes, at most
 * {@value Lane#HEAD} a side, a call costs a look at the clock and two additions.
 *
 * <p>Each direction may have a thread of its own, and {@link #traffic} may be called from any. The
 * bytes are only read; nothing waits.
 */
public final class TrafficObserver {
  private final LongSupplier nanoTime;
  private final long opened;
  private final Lane toTarget = new Lane(Heads::client);
  private final Lane fromTarget = new Lane(Heads::target);

  /**
   * The forward opens now.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  public TrafficObserver(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.opened = nanoTime.getAsLong();
  }

  /**
   * The client sent these.
   *
   * @param data from its position to its limit; both stay as they are
   */
  public void toTarget(ByteBuffer data) {
    toTarget.pass(nanoTime.getAsLong() - opened, data);
  }

  /**
   * The target sent these.
   *
   * @param data from its position to its limit; both stay as they are
   */
  public void fromTarget(ByteBuffer data) {
    fromTarget.pass(nanoTime.getAsLong() - opened, data);
  }

  /** All so far; usually called when the forward has closed. */
  public Traffic traffic() {
    Lane.Finding client = toTarget.finding();
    Lane.Finding target = fromTarget.finding();
    return new Traffic(
        samples(),
        protocol(client.protocol(), target.protocol()),
        client.glimpse(),
        target.glimpse());
  }

  private static String protocol(Optional<String> client, Optional<String> target) {
    if (client.isPresent() && target.isPresent() && !client.equals(target)) {
      return client.get() + " or " + target.get();
    }
    return client.or(() -> target).orElse("unknown");
  }

  private List<Sample> samples() {
    Series out = toTarget.series(Series.FIRST_WIDTH);
    Series in = fromTarget.series(out.width());
    out = out.copy(in.width());
    Duration width = Duration.ofNanos(out.width());
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < Math.max(out.used(), in.used()); i++) {
      samples.add(
          new Sample(
              width.multipliedBy(i), width, out.bytes(i), out.reads(i), in.bytes(i), in.reads(i)));
    }
    return samples;
  }
}
