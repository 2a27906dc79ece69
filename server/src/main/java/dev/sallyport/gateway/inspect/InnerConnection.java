package dev.sallyport.gateway.inspect;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.forward.Dialer;
import dev.sallyport.model.Act;
import dev.sallyport.model.Terms;
import dev.sallyport.ssh.Farewell;
import dev.sallyport.ssh.Party;
import dev.sallyport.ssh.ServerConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.jspecify.annotations.Nullable;

/**
 * The SSH connection inside an inspected forward, in which the bastion takes the target's place.
 * The outer connection has authenticated the client. Here the client only names the login on the
 * target.
 */
public final class InnerConnection extends ServerConnection {
  private static final String NOT_SSH =
      "the rule demands a record, and the client does not speak SSH";

  private final Inspections inspections;
  private final Inspected inspected;
  private final OpenSshCertificate certificate;
  private final InnerChannels channels;
  private final Farewell farewell = new Farewell(this);
  private volatile @Nullable String login;

  InnerConnection(
      Inspections inspections,
      Inspected inspected,
      ServerFactoryManager manager,
      IoSession wire,
      List<String> hostKeyAlgorithms)
      throws Exception {
    super(manager, wire, inspections.settings().time(), hostKeyAlgorithms, inspections.computing());
    this.inspections = inspections;
    this.inspected = inspected;
    this.certificate = work().compute(() -> inspections.certificate(inspected));
    this.channels = inspections.channels(this);
    memory().begin(inspected.caller().memory().hold());
  }

  /** The user and the outer connection. */
  public Caller caller() {
    return inspected.caller();
  }

  /** The target's socket and address. The socket is closed with the forward. */
  public Dialer.Dialled dialled() {
    return inspected.dialled();
  }

  /** The forward that carries this connection. */
  public AuditEvent.Forward forward() {
    return inspected.forward();
  }

  /** The terms of the rule. */
  public Terms.Session terms() {
    return inspected.terms();
  }

  /**
   * The login on the target, which the rule allows.
   *
   * @throws IllegalStateException before the login
   */
  public String login() {
    String known = login;
    if (known == null) {
      throw new IllegalStateException("asked for the login before authentication");
    }
    return known;
  }

  /** Why the connection ended, for the audit log; escaped. */
  String reason() {
    return endReason();
  }

  Inspections inspections() {
    return inspections;
  }

  InnerChannels channels() {
    return channels;
  }

  Inspected inspected() {
    return inspected;
  }

  /**
   * The certificate is the same for all key exchanges of the connection, because clients take a
   * different one for a different host.
   */
  OpenSshCertificate certificate() {
    return certificate;
  }

  @Override
  protected boolean hasLoggedIn() {
    return login != null;
  }

  /** The outer connection is authenticated. */
  @Override
  protected Party party() {
    return new Party.User(caller().user().name());
  }

  // ---- transport ----

  @Override
  protected boolean readIdentification(Buffer buffer) throws Exception {
    if (!Identification.mayBegin(buffer)) {
      sayInWords();
      // Without a disconnect reason: a peer that does not speak SSH cannot read that packet.
      throw new SshException(NOT_SSH);
    }
    return super.readIdentification(buffer);
  }

  /**
   * Sends a line of text, which a browser or a person with netcat reads after our identification.
   */
  private void sayInWords() throws IOException {
    String words =
        "sallyport: this forward to %s is recorded by rule %s, and only SSH is allowed in it\r\n"
            .formatted(inspected.forward().target().shown(), inspected.shownRule());
    getIoSession().writeBuffer(new ByteArrayBuffer(words.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  protected String timeIsUp(String reason) {
    return getClientVersion() == null ? NOT_SSH : reason;
  }

  // ---- revocation ----

  /** Sets the reason for the end, before the client leaves because of it. */
  public void endsBecause(String reason) {
    because(reason);
  }

  /** Called every second. */
  @Override
  protected void checkRight(long now) {
    if (farewell.isUnderWay(now) || isClosing()) {
      return;
    }
    caller()
        .whyNoMore(
            Act.FORWARD,
            forward().target(),
            dialled().candidate().address().getAddress(),
            terms(),
            Optional.ofNullable(login))
        .ifPresent(sentence -> {
          // First, or the sessions would log that the client closed them.
          channels.reconsider();
          farewell.begin(sentence, now);
        });
  }

  // ---- authentication ----

  /**
   * Shows the client why it may not log in, and ends the connection.
   *
   * @param asked the login name as sent; any text
   */
  void refuseLogin(String asked, String reason) throws IOException {
    // Owed, because the reading thread must not wait. To cause another one, the client has to open
    // another forward.
    inspections.rate(inspected).owe(1);
    inspections.refused(inspected, "login", asked, reason);
    Buffer banner = createBuffer(SshConstants.SSH_MSG_USERAUTH_BANNER);
    banner.putString("sallyport: " + reason + "\r\n");
    banner.putString("en");
    writePacket(banner);
    disconnect(SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE, reason);
  }

  /** Called only when the login is allowed. */
  @Override
  public IoWriteFuture signalAuthenticationSuccess(String username, String service, Buffer buffer)
      throws Exception {
    if (inspected.whyNot(username).isPresent()) {
      throw new SshException("authentication ended with a login that the rule does not allow");
    }
    if (!service.equals(CONNECTIONS)) {
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_SERVICE_NOT_AVAILABLE, "a login to another service");
    }
    login = username;
    return super.signalAuthenticationSuccess(username, service, buffer);
  }

  /** Logs that something was refused. */
  void told(String kind, String detail, String reason) {
    inspections.refused(inspected, kind, detail, reason);
  }
}
