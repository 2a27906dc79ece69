package dev.sallyport.connection;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.forward.Forward;
import dev.sallyport.forward.ForwardChannel;
import dev.sallyport.forward.ForwardContext;
import dev.sallyport.forward.ForwardRequest;
import dev.sallyport.forward.Forwards;
import dev.sallyport.forward.Inspection;
import dev.sallyport.gateway.prompt.PromptUser;
import dev.sallyport.gateway.relay.Gateway;
import dev.sallyport.memory.MemoryShare;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.sshd.common.channel.Channel;

/**
 * The channels of users who have logged in: forwards, and sessions of the gateway. One for the
 * process; for all threads.
 *
 * @param inspection inspects the forwards whose rule demands it
 */
record UserChannels(Forwards forwards, Gateway gateway, Inspection inspection) {
  /**
   * Longest wait for the ends of forwards. A forward may last half a minute longer than its client.
   */
  private static final Duration LONGEST_FORWARD_END = Duration.ofSeconds(40);

  /** Longest wait for the ends of sessions. Only the disk is waited for, and not the target. */
  private static final Duration LONGEST_SESSION_END = Duration.ofSeconds(10);

  /** The user's share of the memory for clients. */
  MemoryShare memory(String user) {
    return forwards.memory(user);
  }

  /**
   * A channel for a {@code direct-tcpip} request (RFC 4254, section 7.2).
   *
   * @param ended called when the channel's place in its connection is free again
   */
  Channel newForward(Caller caller, Runnable ended) {
    return new ForwardChannel(forwards, new ForwardContext(caller, inspection, ended));
  }

  /**
   * A channel for a session (RFC 4254, section 6.1).
   *
   * @param user what the user may reach, for the prompt
   * @param ended as in {@link #newForward}
   */
  Channel newSession(Caller caller, Supplier<PromptUser> user, Runnable ended) {
    return gateway.newSession(caller, user, request -> forwardOf(caller, request), ended);
  }

  /** A forward that a session asks for, in the place of the session. */
  private Forward forwardOf(Caller caller, ForwardRequest session) {
    return forwards.newForward(new ForwardContext(caller, inspection, () -> {}), session);
  }

  /** Ends what the connection's user has open and may not have any more. */
  void reconsider(AuditEvent.Connection connection) {
    forwards.reconsider(connection);
    gateway.reconsider(connection);
  }

  /** Waits for the ends of the connection's forwards and sessions, for a bounded time. */
  void awaitNoneOf(AuditEvent.Connection connection) throws InterruptedException {
    forwards.awaitNoneOf(connection, LONGEST_FORWARD_END);
    gateway.awaitNoneOf(connection, LONGEST_SESSION_END);
  }
}
