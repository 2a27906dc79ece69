package dev.sallyport.audit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;

/**
 * The {@link EventRate} of each user. It outlives the user's connections: a new connection must not
 * get a new burst. For all threads.
 */
final class EventRates {
  /** By user. Only users who have logged in are here, so the size is bounded. */
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

  /** Changes the limit, also for users who owe events. */
  void apply(EventLimit other) {
    limit = other;
    rates.values().forEach(rate -> rate.apply(other));
  }

  /** Charges the user who caused an event for its line, as far as that is not paid for already. */
  void charge(AuditEvent event, int bytes) {
    Charge.of(event)
        .ifPresent(charge -> {
          int events = charge.events(bytes);
          if (events > 0) {
            of(charge.user()).owe(events);
          }
        });
  }

  /** Ends all present and later waits. */
  void stop() {
    stopping.countDown();
  }
}
