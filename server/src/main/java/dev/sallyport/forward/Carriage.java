package dev.sallyport.forward;

import dev.sallyport.audit.TrafficSummary;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.slf4j.LoggerFactory;

/** Carries the bytes of an open forward. */
sealed interface Carriage permits PlainCarriage, InspectedCarriage {
  /** Carries on the forward's own thread until both directions have ended. Called once. */
  void carry() throws InterruptedException;

  /**
   * The client has left. What it sent is still carried; nothing is sent back. Any thread; never
   * waits.
   */
  void clientGone();

  /** What was observed of the traffic. Called after both directions have ended. */
  TrafficSummary traffic();

  /** Ends the carriage at once. Any thread; never waits. */
  void cut();

  /** Closes a target's socket. Any thread; never waits. */
  static void closeQuietly(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LoggerFactory.getLogger("sallyport.forward")
          .debug("closing failed, which leaves nothing open", e);
    }
  }
}
