package dev.sallyport.recording.traffic;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Observes a forward that is not recorded: how much passes when, which protocol the first bytes
 * appear to be, the identifications of SSH, and the server name of TLS. After the first bytes, at
 * most {@value Lane#HEAD} a side, a call only reads the clock and adds two numbers.
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
   * Begins now, when the forward opens.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  public TrafficObserver(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.opened = nanoTime.getAsLong();
  }

  /**
   * Data of the client.
   *
   * @param data from its position to its limit, which do not change
   */
  public void toTarget(ByteBuffer data) {
    toTarget.pass(nanoTime.getAsLong() - opened, data);
  }

  /**
   * Data of the target.
   *
   * @param data from its position to its limit, which do not change
   */
  public void fromTarget(ByteBuffer data) {
    fromTarget.pass(nanoTime.getAsLong() - opened, data);
  }

  /** The summary so far; usually called when the forward has closed. */
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
