package dev.sallyport.gateway.relay;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The {@link EventPace} of each user, whatever connections and sessions they have. For all threads.
 */
final class EventPaces {
  /** Only who has logged in is here, so there are no more than users. */
  private final Map<String, EventPace> paces = new ConcurrentHashMap<>();

  EventPace of(String user) {
    return paces.computeIfAbsent(user, _ -> new EventPace(System.nanoTime()));
  }
}
