package dev.sallyport.gateway.relay;

import dev.sallyport.model.Denial;
import java.io.IOException;
import java.util.Optional;

/** How a client's session leads to a target. */
sealed interface Way permits InspectedWay, GatewayWay {
  /** Whether the client's agent may be asked for. */
  boolean allowsAgent();

  /** Why the session has no terminal, if it may not. */
  Optional<Denial> whyNoTerminal();

  /** Bytes that the client may send at most before the target has taken something. */
  int largestWindow();

  /**
   * Prepares the session on its own thread, before the client hears that its channel is open.
   *
   * @return how the client's channel is refused, if it is
   */
  default Optional<RelayEnd.Opening.Refused> begin(GatewaySession session)
      throws InterruptedException {
    return Optional.empty();
  }

  /** Nothing of the session follows. Called once, also when {@link #begin} refused it. */
  default void end(GatewaySession session) {}

  /** Serves the session to its end, on the session's thread. */
  void serve(GatewaySession session, SessionRequests requests)
      throws IOException, InterruptedException;
}
