package dev.sallyport.ssh;

import dev.sallyport.forward.Refusal;
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
 * The connection protocol (RFC 4254) towards a client: counts channels, and refuses what is not
 * allowed in words that the user's client shows. On the connection's reading thread.
 */
public abstract class ServerChannels extends ServerConnectionService {
  /** The type of channel that a TCP forward is (RFC 4254, section 7.2). */
  public static final String FORWARD = "direct-tcpip";

  /** The type of channel that sessions are (RFC 4254, section 6.1). */
  public static final String SESSION = "session";

  /**
   * Longest request for a channel, in bytes: a type, numbers, and two hosts of 255 characters at
   * most. What is asked for is kept while it waits for its turn.
   */
  static final int LONGEST_OPENING = 4096;

  /**
   * What a channel costs while it is opening or open, in bytes, beside its window and what was
   * asked for: its objects, and the thread that works for it and may wait.
   */
  static final int CHANNEL = 8 * 1024;

  private final ServerConnection connection;
  private final MemoryShare memory;
  private final int limit;
  private final AtomicInteger openChannels = new AtomicInteger();

  /** Of the channel that is being made; for the connection's reading thread. */
  private @Nullable Place opening;

  private boolean noMoreSessions;
  private boolean toldLimit;
  private final AtomicLong untold = new AtomicLong();

  /**
   * Begins.
   *
   * @param memory of the user whose connection it is; each channel takes some from its opening on
   * @param limit open channels at most, opening ones included: bounds sockets and threads
   */
  protected ServerChannels(ServerConnection connection, MemoryShare memory, int limit)
      throws IOException {
    super(connection);
    this.connection = connection;
    this.memory = memory;
    this.limit = limit;
  }

  // ---- channels ----

  /** Why no channel of this type, which may be any text, is opened now; empty to open one. */
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
      // What is asked for is kept as text, which may take two bytes for one.
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
   * To a channel of any class. The library hands this one message to its own classes only, and a
   * client that refuses its agent would end its connection.
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
      // The library makes no channel while it closes.
      opened = opening == null;
    } finally {
      opening = null;
      if (!opened) {
        place.end();
      }
    }
  }

  /** What the user may make the process keep. */
  protected final MemoryShare memory() {
    return memory;
  }

  /**
   * The place of the channel that is just being made: to be called once by whoever makes it.
   *
   * @return to be run when the channel is over, by any thread; gives the place and its memory back
   */
  protected final Runnable place() {
    Place place = Objects.requireNonNull(opening, "no channel is being opened");
    opening = null;
    return place::end;
  }

  /** One of the places that the connection has, and the memory that its channel takes. */
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

  /** How a type of channel is refused that the bastion does not have. */
  protected static String whyNoChannel(String type) {
    return switch (type) {
      case "direct-streamlocal@openssh.com" -> "Unix sockets are not forwarded by this bastion";
      case "x11" -> "X11 is not forwarded by this bastion";
      case "tun@openssh.com" -> "tunnel devices are not forwarded by this bastion";
      default -> "this bastion has no channels of type " + SafeText.escape(type, 64);
    };
  }

  /** Told once a connection: a client that runs into the limit does so thousands of times. */
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

  /** Whether the user's rate allows one more event now; then it is paid for. Never waits. */
  protected abstract boolean mayTellNow();

  /** Writes to the audit log that something was refused. */
  protected abstract void tell(String kind, String detail, String reason);

  /**
   * Records that something was refused, no faster than the user's rate of events. It does not wait
   * for it, because that would hold up all channels of the connection: what comes too fast is
   * counted, and the next line, or one at the end, says how many there were. On the connection's
   * reading thread.
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

  /** The connection ends: how many were counted that no line has told. Any thread. */
  final void tellRest() {
    long rest = untold.getAndSet(0);
    if (rest > 0) {
      tell("requests", "", rest + " more, too fast to be told one by one");
    }
  }

  // ---- global requests (RFC 4254, section 4) ----

  /**
   * Answers a request of the subclass's own.
   *
   * @param request what follows the request's name and flag
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
