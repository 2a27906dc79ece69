package dev.sallyport.audit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;

/**
 * The {@link EventRate} of each user, which outlives the user's connections: a client that connects
 * anew must not begin with a fresh burst. For all threads.
 */
final class EventRates {
  /** Only users who have logged in are here, so there are no more than users. */
  private final Map<String, EventRate> rates = new ConcurrentHashMap<>();

  private final CountDownLatch stopping = new CountDownLatch(1);
  private final LongSupplier nanoTime;
  private volatile EventLimit limit = EventLimit.DEFAULT;

  EventRates(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  EventRate of(String user) {
    return rates.computeIfAbsent(user, _ -> new EventRate(limit, stopping, nanoTime));
  }

  /** From now on, for users with events in debt too. */
  void apply(EventLimit other) {
    limit = other;
    rates.values().forEach(rate -> rate.apply(other));
  }

  /** Charges a line of the log to the user who caused it, beyond what is paid for it already. */
  void charge(AuditEvent event, int bytes) {
    Charge.of(event)
        .ifPresent(charge -> {
          int events = charge.events(bytes);
          if (events > 0) {
            of(charge.user()).owe(events);
          }
        });
  }

  /** From now on nobody waits. */
  void stop() {
    stopping.countDown();
  }
}
