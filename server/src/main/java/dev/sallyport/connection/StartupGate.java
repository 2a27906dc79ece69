package dev.sallyport.connection;

import dev.sallyport.transport.Admission;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Counts connections that have not authenticated, and turns new ones away: at random from a
 * threshold on, so that a flood cannot keep everybody out (OpenSSH's MaxStartups), and always
 * beyond what one source may have (PerSourceMaxStartups). Memory is bounded by {@link
 * Limits#unauthenticatedFull}. Safe for all threads.
 */
final class StartupGate implements Admission {
  private Limits limits;
  private final RandomGenerator random;
  private final Consumer<InetAddress> refused;
  private final Map<InetAddress, Integer> perSource = new HashMap<>();
  private int total;

  /**
   * @param refused told of each source that was turned away; must not block
   */
  StartupGate(Limits limits, RandomGenerator random, Consumer<InetAddress> refused) {
    this.limits = limits;
    this.random = random;
    this.refused = refused;
  }

  @Override
  public boolean admit(InetAddress source) {
    boolean admitted = count(sourceOf(source));
    if (!admitted) {
      refused.accept(source);
    }
    return admitted;
  }

  /** From now on; who is in stays. */
  synchronized void apply(Limits other) {
    limits = other;
  }

  private synchronized boolean count(InetAddress source) {
    int own = perSource.getOrDefault(source, 0);
    if (own >= limits.unauthenticatedPerSource() || dropsEarly()) {
      return false;
    }
    perSource.put(source, own + 1);
    total++;
    return true;
  }

  private boolean dropsEarly() {
    if (total < limits.unauthenticatedStart()) {
      return false;
    }
    if (total >= limits.unauthenticatedFull()) {
      return true;
    }
    int above = total - limits.unauthenticatedStart();
    int span = limits.unauthenticatedFull() - limits.unauthenticatedStart();
    int percent =
        limits.unauthenticatedRate() + (100 - limits.unauthenticatedRate()) * above / span;
    return random.nextInt(100) < percent;
  }

  /** An admitted connection has authenticated, or is over. Once for each. */
  @Override
  public synchronized void leave(InetAddress source) {
    InetAddress key = sourceOf(source);
    total--;
    perSource.computeIfPresent(key, (address, count) -> count == 1 ? null : count - 1);
  }

  synchronized int count() {
    return total;
  }

  /** One subscriber has a whole IPv6 /64, so that is one source. */
  private static InetAddress sourceOf(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] network = address.getAddress();
    Arrays.fill(network, 8, 16, (byte) 0);
    try {
      return InetAddress.getByAddress(network);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("16 bytes are an address", impossible);
    }
  }
}
