package dev.sallyport.gateway.relay;

import java.io.IOException;

/** How a client's session leads to a target. */
sealed interface Way permits InspectedWay, GatewayWay {
  /** Whether the client's agent may be asked for. */
  boolean allowsAgent();

  /** Serves the session to its end, on the session's thread. */
  void serve(GatewaySession session, SessionRequests requests)
      throws IOException, InterruptedException;
}
