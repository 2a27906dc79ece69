package dev.sallyport.connection;

import dev.sallyport.model.SourceNetwork;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Counts unauthenticated connections, and turns new ones away: at random above a threshold, so that
 * a flood cannot keep everybody out (OpenSSH's MaxStartups), and always above the limit of one
 * source (PerSourceMaxStartups). Memory is bounded by {@link Limits#unauthenticatedFull}. Safe for
 * all threads.
 */
final class StartupGate {
  private Limits limits;
  private final RandomGenerator random;
  private final Consumer<InetAddress> refused;
  private final Map<SourceNetwork, Integer> perSource = new HashMap<>();
  private int total;

  /**
   * @param refused called with each source that was turned away; must not block
   */
  StartupGate(Limits limits, RandomGenerator random, Consumer<InetAddress> refused) {
    this.limits = limits;
    this.random = random;
    this.refused = refused;
  }

  /** Whether the connection may begin; if false, it must be closed at once. Never blocks. */
  boolean admit(InetAddress source) {
    boolean admitted = count(SourceNetwork.of(source));
    if (!admitted) {
      refused.accept(source);
    }
    return admitted;
  }

  /** Applies to new connections; existing ones stay. */
  synchronized void apply(Limits other) {
    limits = other;
  }

  private synchronized boolean count(SourceNetwork source) {
    int own = perSource.getOrDefault(source, 0);
    if (own >= limits.unauthenticatedPerSource() || dropsEarly()) {
      return false;
    }
    perSource.put(source, own + 1);
    total++;
    return true;
  }

  /**
   * Why a connection of the source is turned away now, whatever the dice say; counts nothing.
   *
   * @return in words
   */
  synchronized Optional<String> refusal(InetAddress source) {
    SourceNetwork network = SourceNetwork.of(source);
    int own = perSource.getOrDefault(network, 0);
    if (own >= limits.unauthenticatedPerSource()) {
      return Optional.of(
          "%s has %d unauthenticated connections, as many as it may have (limits.unauthenticated-per-source)"
              .formatted(network.text(), own));
    }
    return total < limits.unauthenticatedFull()
        ? Optional.empty()
        : Optional.of(
            "there are %d unauthenticated connections, as many as there may be (limits.unauthenticated-full)"
                .formatted(total));
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

  /** Called once for each admitted connection, when it has authenticated or ended. */
  synchronized void leave(InetAddress source) {
    total--;
    perSource.computeIfPresent(
        SourceNetwork.of(source), (network, count) -> count == 1 ? null : count - 1);
  }

  synchronized int count() {
    return total;
  }
}
