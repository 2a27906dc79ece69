package dev.sallyport.policy;

import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Resolves names within bounds, so that a slow, silent or hostile name server delays only the users
 * who ask for its names. Safe for all threads; the caller waits.
 */
final class Lookups {
  /** The bounds. */
  record Bounds(Duration timeout, int total, int perUser, int addresses) {
    /**
     * Five seconds is how long the C library waits for its first name server. 64 lookups at a time
     * bound threads and sockets. 8 for each user keep one user, whose names do not resolve in time,
     * from using all 64. 16 addresses bound what one forward dials, whatever a name server answers.
     */
    static final Bounds DEFAULT = new Bounds(Duration.ofSeconds(5), 64, 8, 16);
  }

  /** The result of a lookup. */
  sealed interface Result {
    /** Addresses in the order to try, at least one. */
    record Found(List<InetAddress> addresses) implements Result {}

    /** No address. {@code reason} continues a sentence that begins with the name. */
    record Failed(String reason) implements Result {}
  }

  private final Resolver resolver;
  private final Bounds bounds;
  private final Semaphore free;
  private final ConcurrentHashMap<String, Integer> byUser = new ConcurrentHashMap<>();

  Lookups(Resolver resolver, Bounds bounds) {
    this.resolver = resolver;
    this.bounds = bounds;
    this.free = new Semaphore(bounds.total());
  }

  /** Resolves {@code name} once, on behalf of {@code user}. */
  Result resolve(Host.Name name, String user) {
    if (!enter(user)) {
      return new Result.Failed(
          "cannot be resolved now: too many names are being resolved; try again later");
    }
    FutureTask<List<InetAddress>> lookup = new FutureTask<>(() -> resolver.resolve(name));
    // The place is held until the lookup ends, and not only until its caller gives up, because the
    // system's lookup cannot be interrupted.
    boolean begun = false;
    try {
      Thread.ofVirtual()
          .name("resolve")
          .start(() -> {
            try {
              lookup.run();
            } finally {
              leave(user);
            }
          });
      begun = true;
    } finally {
      if (!begun) {
        leave(user);
      }
    }
    try {
      List<InetAddress> addresses =
          inOrder(lookup.get(bounds.timeout().toNanos(), TimeUnit.NANOSECONDS));
      return addresses.isEmpty()
          ? new Result.Failed("does not resolve")
          : new Result.Found(addresses.subList(0, Math.min(addresses.size(), bounds.addresses())));
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof UnknownHostException) {
        return new Result.Failed("does not resolve");
      }
      throw new IllegalStateException("the resolver failed", failed.getCause());
    } catch (TimeoutException silent) {
      lookup.cancel(true);
      return new Result.Failed("did not resolve in time");
    } catch (InterruptedException stopped) {
      lookup.cancel(true);
      Thread.currentThread().interrupt();
      return new Result.Failed("was not resolved: the connection ends");
    }
  }

  private boolean enter(String user) {
    if (!free.tryAcquire()) {
      return false;
    }
    if (byUser.merge(user, 1, Integer::sum) > bounds.perUser()) {
      leave(user);
      return false;
    }
    return true;
  }

  private void leave(String user) {
    byUser.computeIfPresent(user, (name, count) -> count == 1 ? null : count - 1);
    free.release();
  }

  /**
   * IPv6 and IPv4 alternately, beginning with IPv6, each in the order of the answer (RFC 8305,
   * section 4).
   */
  private static List<InetAddress> inOrder(Collection<InetAddress> answer) {
    Queue<InetAddress> v6 = new ArrayDeque<>();
    Queue<InetAddress> v4 = new ArrayDeque<>();
    for (InetAddress address : answer) {
      InetAddress plain = IpText.unmapped(address);
      (plain instanceof Inet6Address ? v6 : v4).add(plain);
    }
    LinkedHashSet<InetAddress> ordered = new LinkedHashSet<>();
    while (!v6.isEmpty() || !v4.isEmpty()) {
      if (!v6.isEmpty()) {
        ordered.add(v6.remove());
      }
      if (!v4.isEmpty()) {
        ordered.add(v4.remove());
      }
    }
    return new ArrayList<>(ordered);
  }
}
