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

  /** Serves the session to its end, on the session's thread. */
  void serve(GatewaySession session, SessionRequests requests)
      throws IOException, InterruptedException;
}
