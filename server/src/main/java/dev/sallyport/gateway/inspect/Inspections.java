package dev.sallyport.gateway.inspect;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.EventRate;
import dev.sallyport.forward.Dialer;
import dev.sallyport.forward.Inspection;
import dev.sallyport.model.Terms;
import dev.sallyport.ssh.LiveConnections;
import dev.sallyport.ssh.PublicKeyWork;
import dev.sallyport.transport.Wire;
import dev.sallyport.transport.WireService;
import dev.sallyport.transport.WireSession;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.server.ServerFactoryManager;

/**
 * Takes the target's place in inspected forwards, and speaks SSH with their clients. One for the
 * process; safe for all threads.
 */
public final class Inspections implements AutoCloseable, Inspection {
  /**
   * Longest refused text that is logged, in characters. A client may send a quarter of a megabyte.
   */
  private static final int LONGEST_DETAIL = 1024;

  private final HostAuthority authority;
  private final Function<InnerConnection, InnerChannels> channels;
  private final AuditLog audit;
  private final PublicKeyWork computing;
  private volatile Setup setup;
  private final LiveConnections live = new LiveConnections();

  /** What a reload replaces at once. */
  private record Setup(InspectSettings settings, ServerFactoryManager manager) {}

  /**
   * Starts a virtual thread that checks the inner connections every second; {@link #close} stops
   * it.
   *
   * @param channels called once for each connection, when it begins
   * @param computing where key exchanges and signatures are computed
   */
  public Inspections(
      InspectSettings settings,
      HostAuthority authority,
      Function<InnerConnection, InnerChannels> channels,
      AuditLog audit,
      PublicKeyWork computing) {
    this.computing = computing;
    this.authority = authority;
    this.channels = channels;
    this.audit = audit;
    this.setup = setup(settings);
  }

  private Setup setup(InspectSettings settings) {
    return new Setup(settings, InnerConnectionFactory.manager(settings, authority));
  }

  /** Changes the settings for inner connections that begin later. */
  public void apply(InspectSettings settings) {
    setup = setup(settings);
  }

  /**
   * Speaks SSH with the client until the inner connection has ended. A virtual thread reads the
   * connection while the caller's waits.
   *
   * @param client closed when this returns
   * @param dialled the target; the caller's to close after this returns
   * @return why it ended, for the audit log; escaped
   * @throws InterruptedException when the caller's thread is interrupted; the connection has ended
   *     then too
   */
  @Override
  public String inspect(
      Wire client,
      Dialer.Dialled dialled,
      AuditEvent.Forward forward,
      Terms.Session terms,
      Caller caller)
      throws InterruptedException {
    var factory =
        new InnerConnectionFactory(
            this, setup.manager(), new Inspected(caller, dialled, forward, terms));
    WireSession session = open(factory, client);
    try {
      factory.awaitEnd();
    } finally {
      session.close(true);
      Optional<InnerConnection> made = factory.made();
      if (made.isPresent()) {
        live.ended(made.get());
        made.get().channels().ended();
      }
    }
    return factory.made().map(InnerConnection::reason).orElse("the bastion failed");
  }

  private static WireSession open(InnerConnectionFactory factory, Wire client) {
    try {
      return new WireService(factory, "inner").open(client);
    } catch (Exception e) {
      throw new IllegalStateException("the SSH library makes no inner connection", e);
    }
  }

  /** Disconnects all clients because the bastion stops, and stops the checks. */
  @Override
  public void close() {
    live.disconnectAll("the bastion stops");
    live.close();
  }

  PublicKeyWork computing() {
    return computing;
  }

  InspectSettings settings() {
    return setup.settings();
  }

  InnerChannels channels(InnerConnection connection) {
    return channels.apply(connection);
  }

  LiveConnections live() {
    return live;
  }

  OpenSshCertificate certificate(Inspected inspected) throws IOException {
    return authority.certificate(
        inspected.names(settings().names()),
        "sallyport forward=" + inspected.forward().id(),
        Instant.now());
  }

  /** The rate of the user's events. */
  EventRate rate(Inspected inspected) {
    return audit.rate(inspected.caller().user().name());
  }

  /** Logs that something was refused. The event must have been paid for, or be owed. */
  void refused(Inspected inspected, String kind, String detail, String reason) {
    audit.append(
        new AuditEvent.RequestRefused(
            Instant.now(),
            inspected.caller().connection(),
            inspected.caller().user().name(),
            kind,
            detail.substring(0, Math.min(detail.length(), LONGEST_DETAIL)),
            reason));
  }
}
