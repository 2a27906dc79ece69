package dev.sallyport.forward;

import dev.sallyport.model.Grant;
import dev.sallyport.model.IpText;
import dev.sallyport.model.TokenBucket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How often each user may dial one address and port. Each connection to it needs a local port of
 * the bastion's, which stays in use for a minute after the bastion has closed the connection
 * (TIME_WAIT; RFC 9293, section 3.3.2). Linux has 28,232 local ports for an address and port
 * ({@code net.ipv4.ip_local_port_range}). A user who opens and closes forwards to one target in a
 * loop would use up all of them in half a minute, and nobody could reach that target any more
 * (EADDRNOTAVAIL). For all threads; never waits.
 */
public final class DialRates {
  /** Dials of one address and port that a user may make at once. */
  static final int BURST = 2000;

  /**
   * Dials of one address and port in each second, in the long run: twice as many as the default
   * rate of events allows. With the burst at most 5,000 in a minute, a sixth of the local ports.
   */
  static final int PER_SECOND = 50;

  /** The number of buckets from which on those that are full are looked for and forgotten. */
  private static final int FEW = 64;

  private final TokenBucket.Rate rate;
  private final LongSupplier nanoTime;

  // Guarded by this. A bucket that is full is the same as a new one, so it need not be kept.
  private final Map<Key, TokenBucket> buckets = new HashMap<>();
  private int forgetAt = FEW;

  private record Key(String user, InetSocketAddress address) {}

  /** At the rate of {@link #BURST} and {@link #PER_SECOND}. */
  public DialRates() {
    this(TokenBucket.Rate.perSecond(PER_SECOND, BURST), System::nanoTime);
  }

  /**
   * At another rate.
   *
   * @param nanoTime as {@link System#nanoTime}: a clock that never jumps
   */
  public DialRates(TokenBucket.Rate rate, LongSupplier nanoTime) {
    this.rate = rate;
    this.nanoTime = nanoTime;
  }

  /**
   * Counts a dial of each of the addresses, before it is made. When one of them may not be dialled
   * now, none is counted.
   *
   * @return why the user may not dial now, for the user, without a full stop; empty if the user may
   */
  public synchronized Optional<String> whyNot(String user, List<Grant.Candidate> candidates) {
    long now = nanoTime.getAsLong();
    forgetFull(now);
    List<TokenBucket> taken = new ArrayList<>();
    for (Grant.Candidate candidate : candidates) {
      TokenBucket bucket =
          buckets.computeIfAbsent(
              new Key(user, candidate.address()), key -> new TokenBucket(rate, now));
      if (!bucket.take(1, now)) {
        taken.forEach(one -> one.giveBack(1));
        return Optional.of(
            "you have opened too many connections to %s within the last minute: try again later"
                .formatted(IpText.shown(candidate.address())));
      }
      taken.add(bucket);
    }
    return Optional.empty();
  }

  private void forgetFull(long now) {
    if (buckets.size() >= forgetAt) {
      buckets.values().removeIf(bucket -> bucket.isFull(now));
      forgetAt = Math.max(FEW, 2 * buckets.size());
    }
  }

  synchronized int remembered() {
    return buckets.size();
  }
}
