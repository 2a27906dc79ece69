package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.RestrictionEvaluator;
import dev.sallyport.forward.ForwardContext;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Target;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.ServerConnectionService;

/**
 * The connection protocol (RFC 4254): sends each channel to its room and refuses everything else in
 * words that the user's client shows. On the connection's reading thread.
 */
final class ChannelService extends ServerConnectionService {
  static final String FORWARD = "direct-tcpip";
  static final String SESSION = "session";

  /** A client asks once; each answer costs us far more than it costs the client to ask. */
  private static final int MOST_PROOFS = 8;

  private final ClientConnection connection;
  private final AtomicInteger openChannels = new AtomicInteger();
  private boolean noMoreSessions;
  private boolean toldLimit;
  private long untold;
  private int proofs;

  ChannelService(ClientConnection connection) throws IOException {
    super(connection);
    this.connection = connection;
  }

  // ---- channels ----

  @Override
  protected void channelOpen(Buffer buffer) throws Exception {
    int start = buffer.rpos();
    String type = buffer.getString();
    long sender = buffer.getUInt();
    buffer.getUInt();
    long packetSize = buffer.getUInt();
    buffer.rpos(start);
    Optional<Denial> forbidden = forbidden(type);
    if (connection.services().live().isDraining()) {
      refuse(type, sender, SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, "the bastion is stopping");
    } else if (!type.equals(FORWARD) && !type.equals(SESSION)) {
      refuse(type, sender, SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, whyNoChannel(type));
    } else if (packetSize == 0) {
      refuse(
          type,
          sender,
          SshConstants.SSH_OPEN_CONNECT_FAILED,
          "the client takes packets of 0 bytes, so nothing can be sent to it");
    } else if (forbidden.isPresent()) {
      refuse(
          type, sender, SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, forbidden.get().text());
    } else if (openChannels.get() >= limit()) {
      refuseForLimit(type, sender);
    } else {
      openChannels.incrementAndGet();
      super.channelOpen(buffer);
    }
  }

  /** For sessions; a forward asks on its own thread, with what else there is to decide. */
  private Optional<Denial> forbidden(String type) {
    if (!type.equals(SESSION)) {
      return Optional.empty();
    }
    if (noMoreSessions) {
      return Optional.of(
          new Denial(Denial.Reason.RESTRICTED, "the client asked for no more sessions"));
    }
    return RestrictionEvaluator.forbids(
        connection.identity(), RestrictionEvaluator.Act.SESSION, Instant.now());
  }

  private int limit() {
    return connection.services().settings().limits().channelsPerConnection();
  }

  /** The library's factories come here. */
  Channel newForward() {
    return connection
        .services()
        .forwards()
        .newChannel(
            new ForwardContext(
                connection.facts(),
                connection.identity().user().name(),
                this::decide,
                connection.pace(),
                openChannels::decrementAndGet));
  }

  Channel newSession() {
    return new SessionChannel(connection, this, openChannels::decrementAndGet);
  }

  /** Restrictions first, then the rules. On the forward's thread; waits for names. */
  private Decision decide(Target target) {
    Instant now = Instant.now();
    return RestrictionEvaluator.forbids(
            connection.identity(), RestrictionEvaluator.Act.FORWARD, now)
        .<Decision>map(Decision.Denied::new)
        .orElseGet(() ->
            connection
                .services()
                .decisions()
                .decide(
                    connection.identity().user(),
                    connection.facts().source().getAddress(),
                    now,
                    target));
  }

  private static String whyNoChannel(String type) {
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
            .formatted(limit());
    if (!toldLimit) {
      toldLimit = true;
      told(type, "", reason);
    }
    answer(sender, SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, reason);
  }

  private void refuse(String type, long sender, int code, String reason) throws IOException {
    told(type, "", reason);
    answer(sender, code, reason);
  }

  private void answer(long sender, int code, String reason) throws IOException {
    Buffer packet = connection.createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE);
    packet.putUInt(sender);
    packet.putUInt(code);
    packet.putString(reason);
    packet.putString("en");
    connection.writePacket(packet);
  }

  /**
   * Writes to the audit log that something was refused, no faster than the user's pace. It does not
   * wait for it, because that would hold up all channels of the connection: what comes too fast is
   * counted, and the next line says how many there were.
   */
  void told(String kind, String detail, String reason) {
    if (!connection.pace().takeNow()) {
      untold++;
      return;
    }
    String more = untold == 0 ? "" : " (and %d more requests refused before it)".formatted(untold);
    untold = 0;
    connection
        .services()
        .audit()
        .append(
            new AuditEvent.RequestRefused(
                Instant.now(),
                connection.facts(),
                connection.identity().user().name(),
                kind,
                detail,
                reason + more));
  }

  // ---- global requests (RFC 4254, section 4) ----

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
          case HostKeyRotation.PROVE ->
              (++proofs <= MOST_PROOFS
                      && connection.services().rotation().prove(connection, buffer))
                  || reply(wantReply, SshConstants.SSH_MSG_REQUEST_FAILURE);
          case "tcpip-forward", "streamlocal-forward@openssh.com" -> {
            told(request, "", "remote forwarding is not allowed on this bastion");
            yield reply(wantReply, SshConstants.SSH_MSG_REQUEST_FAILURE);
          }
          default -> reply(wantReply, SshConstants.SSH_MSG_REQUEST_FAILURE);
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
