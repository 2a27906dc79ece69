package dev.sallyport.gateway.inspect;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.forward.Dialer;
import dev.sallyport.gateway.Caller;
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
 * The SSH connection inside an inspected forward, whose other end the client takes for the target.
 * Who the client is has the outer connection proved; here it only says as whom it logs in.
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

  /** On whose behalf. */
  public Caller caller() {
    return inspected.caller();
  }

  /** The target, whose socket is closed with the forward. */
  public Dialer.Dialled dialled() {
    return inspected.dialled();
  }

  /** The forward that this is in. */
  public AuditEvent.Forward forward() {
    return inspected.forward();
  }

  /** What the rule demands. */
  public Terms.Session terms() {
    return inspected.terms();
  }

  /**
   * As whom on the target; the rule allows it.
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

  /** Why it ended, for the audit log; escaped. */
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
   * The same for all key exchanges of the connection: clients take another one for another host.
   */
  OpenSshCertificate certificate() {
    return certificate;
  }

  @Override
  protected boolean hasLoggedIn() {
    return login != null;
  }

  /** Its outer connection has logged in. */
  @Override
  protected Party party() {
    return new Party.User(caller().user().name());
  }

  // ---- transport ----

  @Override
  protected boolean readIdentification(Buffer buffer) throws Exception {
    if (!Identification.mayBegin(buffer)) {
      sayInWords();
      // Without a number of a disconnect: whoever does not speak SSH cannot read that packet.
      throw new SshException(NOT_SSH);
    }
    return super.readIdentification(buffer);
  }

  /**
   * To whoever is there, as a line of text: a browser or a person with netcat reads it behind our
   * identification, and lines that are no packets are nothing new to SSH (RFC 4253, section 4.2).
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

  /** Keeps why it is about to end, before its client leaves for that reason. */
  public void endsBecause(String reason) {
    because(reason);
  }

  /** From the clock of the inner connections. */
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
          // First, or the sessions would take the end of the connection for their client's wish.
          channels.reconsider();
          farewell.begin(sentence, now);
        });
  }

  // ---- authentication ----

  /**
   * Says in words why the client may not log in, and ends.
   *
   * @param asked as whom; any text
   */
  void refuseLogin(String asked, String reason) throws IOException {
    // Owed, because nothing waits for the thread that reads: each costs its client a forward anew.
    inspections.rate(inspected).owe(1);
    inspections.refused(inspected, "login", asked, reason);
    Buffer banner = createBuffer(SshConstants.SSH_MSG_USERAUTH_BANNER);
    banner.putString("sallyport: " + reason + "\r\n");
    banner.putString("en");
    writePacket(banner);
    disconnect(SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE, reason);
  }

  /** The one way in; whoever comes here is allowed the login. */
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

  /** Writes to the audit log that something was refused. */
  void told(String kind, String detail, String reason) {
    inspections.refused(inspected, kind, detail, reason);
  }
}
