package dev.sallyport.gateway.relay;

import dev.sallyport.access.Caller;
import dev.sallyport.access.LiveSet;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.channel.ChannelPlace;
import dev.sallyport.model.SafeText;
import dev.sallyport.ssh.ServerChannels;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code session} channel of a client (RFC 4254, section 6), on a virtual thread of its own:
 * from the opening to the exit status.
 */
final class GatewaySession {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  private final LiveSet<GatewaySession> live;
  private final Supplier<Duration> startLimit;
  private final GatewayParts parts;
  private final Caller caller;
  private final Way way;
  private final RelayEnd channel;
  private final SessionClient client;
  private final ChannelPlace place;

  /**
   * The time from which the client may request a shell, a command or a subsystem, by {@link
   * System#nanoTime}; empty until the channel is confirmed.
   */
  private volatile Optional<Long> awaitedSince = Optional.empty();

  /** Whether the client has requested a shell, a command or a subsystem. */
  private final AtomicReference<Use> use = new AtomicReference<>(Use.AWAITED);

  private enum Use {
    AWAITED,
    /** The client has requested one, or has left. */
    KNOWN,
    /** The client did not request one in time. */
    NONE
  }

  /**
   * @param live all sessions, to which this one belongs while it runs
   * @param startLimit time within which the client must request a shell, a command or a subsystem
   * @param ended called once when the channel's place is free
   */
  GatewaySession(
      LiveSet<GatewaySession> live,
      Supplier<Duration> startLimit,
      GatewayParts parts,
      Caller caller,
      Way way,
      Runnable ended) {
    this.live = live;
    this.startLimit = startLimit;
    this.parts = parts;
    this.caller = caller;
    this.way = way;
    this.place = new ChannelPlace(ended);
    this.channel =
        new RelayEnd(false, caller.memory(), way.largestWindow(), end -> begin(), place::letGo);
    this.client = new SessionClient(parts, caller, channel);
  }

  /** The client's channel, which the library opens. */
  RelayEnd channel() {
    return channel;
  }

  boolean belongsTo(AuditEvent.Connection connection) {
    return caller.connection().equals(connection);
  }

  private void begin() {
    place.hold();
    live.add(this);
    Thread.ofVirtual().name("session-" + caller.connection().id()).start(this::run);
  }

  private void run() {
    boolean isOwing = false;
    try {
      Optional<RelayEnd.Opening.Refused> no = way.begin(client);
      if (no.isPresent()) {
        channel.refuse(no.get().code(), no.get().text());
        return;
      }
      channel.confirm();
      awaitedSince = Optional.of(System.nanoTime());
      // A client that has requested nothing yet would be refused anyway.
      client.whenStopping(client::end);
      Optional<SessionRequests> requests =
          SessionRequests.await(channel, way.allowsAgent(), way.whyNoTerminal(), client::refused);
      client.whenStopping(() -> {});
      requests.filter(SessionRequests::hasTerminal).ifPresent(asked -> channel.usesTerminal());
      if (!use.compareAndSet(Use.AWAITED, Use.KNOWN)) {
        isOwing = true;
        endUnused();
      } else if (requests.isPresent()) {
        serve(requests.get());
      }
    } catch (NoMemoryException e) {
      isOwing = true;
      endWithoutMemory(e);
    } catch (ProtocolException e) {
      client.refused("session", String.valueOf(e.getMessage()));
    } catch (IOException e) {
      LOG.debug("the client left its session", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error(
          "a session of {} failed inside the bastion",
          SafeText.escape(caller.user().name(), 64),
          e);
    } finally {
      if (client.isStopping()) {
        client.awaitShown();
      }
      way.end(client);
      channel.close(false);
      channel.release();
      live.remove(this);
      if (isOwing) {
        awaitPayment();
      }
      place.letGo();
    }
  }

  private void serve(SessionRequests requests) throws IOException, InterruptedException {
    Start start = requests.start();
    Optional<String> unreadable = start.whyNotReadable();
    if (unreadable.isPresent()) {
      client.refused(start.kind(), start.shown(), unreadable.get());
      client.accept(requests);
      client.say(unreadable.get());
      client.exit(SessionClient.EXIT_FAILED);
    } else {
      way.serve(client, requests);
    }
  }

  /** Called every second; never waits. */
  void endIfUnused() {
    Optional<Long> since = awaitedSince;
    if (since.isPresent()
        && System.nanoTime() - since.get() > startLimit.get().toNanos()
        && use.compareAndSet(Use.AWAITED, Use.NONE)) {
      Thread.ofVirtual()
          .name("unused-session")
          .start(() -> {
            try {
              client.dismiss(unused());
            } catch (IOException e) {
              LOG.debug("the client left its session", e);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
  }

  private void endWithoutMemory(NoMemoryException shortage) {
    String sentence = String.valueOf(shortage.getMessage());
    try {
      client.dismiss(sentence);
    } catch (IOException e) {
      LOG.debug("the client left its session", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    channel.release();
    recordEnd(sentence);
  }

  private String unused() {
    return "nothing was asked of this session within %d s, so it is closed"
        .formatted(startLimit.get().toSeconds());
  }

  private void endUnused() {
    channel.close(false);
    channel.release();
    recordEnd(unused());
  }

  /**
   * Records that the bastion has ended the session. The event is owed and not awaited: the channel
   * is closing, which would end the wait at once, and the event would be lost.
   */
  private void recordEnd(String reason) {
    parts.audit().rate(caller.user().name()).owe(1);
    parts.refused(caller, ServerChannels.SESSION, "", reason);
  }

  /**
   * Keeps the channel's place until the event of {@link #recordEnd} is paid for. Otherwise a client
   * that opens sessions and lets the bastion end them would write to the log faster than the user's
   * rate allows. The wait ends when the connection does, and the next login waits for the rest.
   */
  private void awaitPayment() {
    try {
      parts.audit().rate(caller.user().name()).await(0, channel.getSession()::isClosing);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it, from any thread; never waits. */
  void end() {
    client.end();
  }

  /** Called when the bastion stops, from any thread; never waits. */
  void stopping() {
    client.stopping();
  }
}
