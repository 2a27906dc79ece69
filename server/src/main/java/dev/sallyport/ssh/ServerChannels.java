package dev.sallyport.ssh;

import dev.sallyport.channel.Refusal;
import dev.sallyport.memory.MemoryHold;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Denial;
import dev.sallyport.model.SafeText;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.ServerConnectionService;
import org.jspecify.annotations.Nullable;

/**
 * Counts channels and refuses them in words, where the library ends the session at its limit and
 * loses the reason. The connection protocol (RFC 4254) with a client, on the thread that reads the
 * connection.
 */
public abstract class ServerChannels extends ServerConnectionService {
  /** The channel type of TCP forwards (RFC 4254, section 7.2). */
  public static final String FORWARD = "direct-tcpip";

  /** The channel type of sessions (RFC 4254, section 6.1). */
  public static final String SESSION = "session";

  /**
   * Longest SSH_MSG_CHANNEL_OPEN, in bytes: a type, numbers, and two hosts of 255 characters at
   * most. It is kept while it waits for its turn.
   */
  static final int LONGEST_OPENING = 4096;

  /**
   * Memory of a channel besides its window and its request, in bytes: its objects and its thread.
   */
  static final int CHANNEL = 8 * 1024;

  private final ServerConnection connection;
  private final MemoryShare memory;
  private final int limit;
  private final AtomicInteger openChannels = new AtomicInteger();

  /** The place of the channel that is being created. For the reading thread. */
  private @Nullable Place opening;

  private boolean noMoreSessions;
  private boolean toldLimit;
  private final AtomicLong untold = new AtomicLong();

  /**
   * @param memory the user's share, in which each channel reserves memory from its opening on
   * @param limit most channels, including those that are opening: bounds sockets and threads
   */
  protected ServerChannels(ServerConnection connection, MemoryShare memory, int limit)
      throws IOException {
    super(connection);
    this.connection = connection;
    this.memory = memory;
    this.limit = limit;
  }

  // ---- channels ----

  /** Why a channel of this type, which may be any text, must not be opened now; empty if it may. */
  protected abstract Optional<Denial> whyNot(String type);

  @Override
  protected void channelOpen(Buffer buffer) throws Exception {
    int start = buffer.rpos();
    String type = buffer.getString();
    long sender = buffer.getUInt();
    buffer.getUInt();
    long packetSize = buffer.getUInt();
    buffer.rpos(start);
    Optional<Denial> denial =
        type.equals(SESSION) && noMoreSessions
            ? Optional.of(
                new Denial(Denial.Reason.RESTRICTED, "the client asked for no more sessions"))
            : whyNot(type);
    if (denial.isPresent()) {
      refuse(type, sender, Refusal.code(denial.get().reason()), denial.get().text());
    } else if (packetSize == 0) {
      refuse(
          type,
          sender,
          SshConstants.SSH_OPEN_CONNECT_FAILED,
          "the client takes packets of 0 bytes, so nothing can be sent to it");
    } else if (buffer.available() > LONGEST_OPENING) {
      refuse(
          type,
          sender,
          SshConstants.SSH_OPEN_CONNECT_FAILED,
          "what it asks for is longer than any host name");
    } else if (openChannels.get() >= limit) {
      refuseForLimit(type, sender);
    } else {
      Place place = new Place(memory.hold());
      // The request is kept as text, which may take two bytes a character.
      if (connection.memory().mayHaveChannels()
          && place.memory.add(CHANNEL + 2L * buffer.available())) {
        open(place, buffer);
      } else {
        place.end();
        refuse(type, sender, SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, memory.refusal());
      }
    }
  }

  /**
   * Passes the message to channels of all classes. The library passes it only to its own classes,
   * so a client that refuses its agent would end its connection.
   */
  @Override
  public void channelOpenFailure(Buffer buffer) throws IOException {
    Channel channel = getChannel(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE, buffer);
    if (channel != null) {
      channel.handleOpenFailure(buffer);
    }
  }

  private void open(Place place, Buffer buffer) throws Exception {
    opening = place;
    boolean opened = false;
    try {
      super.channelOpen(buffer);
      // The library creates no channel while it closes.
      opened = opening == null;
    } finally {
      opening = null;
      if (!opened) {
        place.end();
      }
    }
  }

  /** The user's share of memory. */
  protected final MemoryShare memory() {
    return memory;
  }

  /**
   * Takes over the place of the channel that is being created. Called once by its creator.
   *
   * @return run once, by any thread, when the channel has ended; releases the place and its memory
   */
  protected final Runnable place() {
    Place place = Objects.requireNonNull(opening, "no channel is being opened");
    opening = null;
    return place::end;
  }

  /** A channel's place in the connection, and its memory. */
  private final class Place {
    private final MemoryHold memory;
    private final AtomicBoolean over = new AtomicBoolean();

    Place(MemoryHold memory) {
      this.memory = memory;
      openChannels.incrementAndGet();
    }

    void end() {
      if (over.compareAndSet(false, true)) {
        memory.close();
        openChannels.decrementAndGet();
      }
    }
  }

  /** The message that refuses a type of channel that the bastion does not support. */
  protected static String whyNoChannel(String type) {
    return switch (type) {
      case "direct-streamlocal@openssh.com" -> "Unix sockets are not forwarded by this bastion";
      case "x11" -> "X11 is not forwarded by this bastion";
      case "tun@openssh.com" -> "tunnel devices are not forwarded by this bastion";
      default -> "this bastion has no channels of type " + SafeText.escape(type, 64);
    };
  }

  /** Logged once a connection: a client that reaches the limit does so thousands of times. */
  private void refuseForLimit(String type, long sender) throws IOException {
    String reason =
        "this connection has %d channels open, which is the limit (channels-per-connection)"
            .formatted(limit);
    if (!toldLimit) {
      toldLimit = true;
      told(type, "", reason);
    }
    Refusal.send(connection, sender, SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, reason);
  }

  private void refuse(String type, long sender, int code, String reason) throws IOException {
    told(type, "", reason);
    Refusal.send(connection, sender, code, reason);
  }

  // ---- the log ----

  /** Pays for one event if the user's rate allows it now. Never waits. */
  protected abstract boolean mayTellNow();

  /** Writes to the audit log that something was refused. */
  protected abstract void tell(String kind, String detail, String reason);

  /**
   * Logs that something was refused, within the user's event rate. It does not wait, because that
   * would block all channels of the connection: refusals beyond the rate are counted, and the next
   * event, or one at the end, gives their number. On the thread that reads the connection.
   */
  public final void told(String kind, String detail, String reason) {
    if (!mayTellNow()) {
      untold.incrementAndGet();
      return;
    }
    long before = untold.getAndSet(0);
    String more = before == 0 ? "" : " (and %d more requests refused before it)".formatted(before);
    tell(kind, detail, reason + more);
  }

  /** The connection ends: logs the number of refusals that were only counted. Any thread. */
  final void tellRest() {
    long rest = untold.getAndSet(0);
    if (rest > 0) {
      tell("requests", "", rest + " more, too many to be logged individually");
    }
  }

  // ---- global requests (RFC 4254, section 4) ----

  /**
   * Answers a request that a subclass supports.
   *
   * @param request the data after the name and the flag
   * @return whether it was answered
   */
  protected boolean answered(String name, Buffer request) throws Exception {
    return false;
  }

  @Override
  protected IoWriteFuture globalRequest(Buffer buffer) throws Exception {
    String request = buffer.getString();
    boolean wantReply = buffer.getBoolean();
    boolean answered =
        switch (request) {
          case "no-more-sessions@openssh.com" -> {
            noMoreSessions = true;
            yield reply(wantReply, SshConstants.SSH_MSG_REQUEST_SUCCESS);
          }
          case "tcpip-forward", "streamlocal-forward@openssh.com" -> {
            told(request, "", "remote forwarding is not allowed on this bastion");
            yield reply(wantReply, SshConstants.SSH_MSG_REQUEST_FAILURE);
          }
          default ->
              answered(request, buffer) || reply(wantReply, SshConstants.SSH_MSG_REQUEST_FAILURE);
        };
    return AbstractIoWriteFuture.fulfilled(request, answered);
  }

  private boolean reply(boolean wanted, byte command) throws IOException {
    if (wanted) {
      connection.writePacket(connection.createBuffer(command));
    }
    return true;
  }
}
