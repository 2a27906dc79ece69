package dev.sallyport.gateway.relay;

import dev.sallyport.model.Denial;
import java.io.IOException;
import java.util.Optional;

/** How a client's session is served. */
sealed interface Way permits InspectedWay, GatewayWay {
  /** Whether the client's agent may be requested. */
  boolean allowsAgent();

  /** Why the session may not have a terminal, if it may not. */
  Optional<Denial> whyNoTerminal();

  /** Largest window for the client's data, in bytes. */
  int largestWindow();

  /**
   * Prepares the session on its own thread, before the client's channel is confirmed.
   *
   * @return the refusal of the client's channel, if it is refused
   */
  default Optional<RelayEnd.Opening.Refused> begin(SessionClient session)
      throws InterruptedException {
    return Optional.empty();
  }

  /** Called once at the end, also when {@link #begin} refused the session. */
  default void end(SessionClient session) {}

  /** Serves the session to its end, on the session's thread. */
  void serve(SessionClient session, SessionRequests requests)
      throws IOException, InterruptedException;
}
