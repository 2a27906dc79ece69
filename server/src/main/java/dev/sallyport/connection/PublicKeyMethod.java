package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.Answer;
import dev.sallyport.auth.Claim;
import dev.sallyport.auth.Identity;
import dev.sallyport.auth.Login;
import dev.sallyport.model.SecondFactor;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Restrictions.Attestation;
import dev.sallyport.ssh.AlgorithmFactories;
import dev.sallyport.ssh.Party;
import dev.sallyport.ssh.PublicKeyBounds;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.u2f.SecurityKeyPublicKey;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.auth.pubkey.AuthorizedKeyEntriesPublickeyAuthenticator;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * The {@code publickey} method (RFC 4252, section 7), which the library calls for unsigned
 * questions too, and in which it believes options of keys that it does not hold. The plugins say
 * whether an offered key may log in; that it is <em>proven</em> is known only when the library has
 * verified the signature and {@link #doAuth} returned true. Before that nothing is counted, logged
 * or trusted.
 *
 * <p>The library calls back while it verifies, so the way of a key goes forth and back:
 *
 * <pre>
 * client        AuthService.process     notes user, service and method; assumes "not valid"
 *               PublicKeyMethod.doAuth  reads the key; sets the reason in case what follows fails
 * plugins       Authenticator           Unwelcome: false | Welcome: identity and restrictions
 * attributes    WELCOME                 the restrictions, for as long as the library works
 *               AUTHORIZED_KEY          what a FIDO signature must attest, as the library reads it
 * library       isWelcome               may this key be used at all?
 *               verifyCriticalOptions   is each option of the certificate among the restrictions?
 *               verifySignature         holds the signature? what does a FIDO key attest?
 * PublicKeyMethod                       null: answered a query | true: ClientConnection.prove
 * AuthService                           true: a second factor, or signalAuthenticationSuccess
 * ClientConnection.letIn                checks again, counts, logs, answers
 * </pre>
 */
final class PublicKeyMethod extends UserAuthPublicKey {
  /** Flags of an authenticator: user present, and user verified (WebAuthn, section 6.1). */
  private static final int TOUCHED = 0x01;

  private static final int VERIFIED = 0x04;

  private static final AttributeRepository.AttributeKey<Restrictions> WELCOME =
      new AttributeRepository.AttributeKey<>();

  private final List<String> algorithms;
  private final InstantSource clock;

  /** What the verified signature attests, if it is a FIDO key's. */
  private Optional<SecondFactor.Attested> attested = Optional.empty();

  /**
   * @param algorithms names of the signature algorithms that users may use
   * @param clock the clock for restrictions
   */
  PublicKeyMethod(List<String> algorithms, InstantSource clock) {
    super(AlgorithmFactories.signatures(algorithms));
    this.algorithms = List.copyOf(algorithms);
    this.clock = clock;
  }

  @Override
  public @Nullable Boolean doAuth(Buffer buffer, boolean init) throws Exception {
    ClientConnection connection = (ClientConnection) getServerSession();
    OfferedKey key = offeredKey(buffer);
    Optional<ShownCertificate> certificate = ShownCertificate.of(key);
    AuditEvent.Evidence evidence = evidence(key, certificate);
    var attempt =
        new LoginAttempt(getUsername(), connection.facts().source().getAddress(), clock.instant());
    return switch (connection.begunUnder().authenticator().publicKey(attempt, key)) {
      case Answer.Unwelcome(String plugin, String reason) -> {
        because(connection, buffer, evidence.withPlugin(plugin), reason, reason);
        yield false;
      }
      case Answer.Welcome(Identity identity, Claim claim) -> {
        AuditEvent.Evidence full = evidence.withPlugin(identity.plugin());
        because(
            connection,
            buffer,
            full,
            "the signature does not hold",
            "users may not sign with this algorithm");
        AuthorizedKeyEntry demand =
            demand(certificate.map(ShownCertificate::key).orElse(key), identity.restrictions());
        connection.setAttribute(AuthorizedKeyEntriesPublickeyAuthenticator.AUTHORIZED_KEY, demand);
        PublicKeyBounds.check(key.blob());
        @Nullable Boolean proven;
        attested = Optional.empty();
        connection.setAttribute(WELCOME, identity.restrictions());
        try {
          proven =
              connection
                  .work()
                  .compute(
                      // As the user's work, so that a flood of key exchanges does not delay a login
                      // here.
                      new Party.User(getUsername()),
                      () ->
                          certificate.filter(ShownCertificate::isOfSecurityKey).isPresent()
                              ? new SecurityKeyCertificate(
                                      demand, getSignatureFactories(), algorithms, this::attests)
                                  .authenticate(connection, getUsername(), getService(), buffer)
                              : super.doAuth(buffer, init));
        } finally {
          connection.removeAttribute(WELCOME);
        }
        if (Boolean.TRUE.equals(proven)) {
          Login login =
              new Login(getUsername(), connection.facts().source().getAddress(), key, claim);
          SecondFactor second =
              attested
                  .map(connection.begunUnder().authenticator()::counted)
                  .orElse(new SecondFactor.None());
          connection.prove(new ProvenLogin(login, identity.with(second), full));
        } else if (proven == null) {
          connection.welcomed(getUsername(), full);
        }
        yield proven;
      }
    };
  }

  /**
   * What a FIDO key attests is taken from the signature that the library has just verified, never
   * from the name of the key's type.
   */
  @Override
  protected boolean verifySignature(
      ServerSession session,
      String username,
      String algorithm,
      PublicKey key,
      Buffer signed,
      Signature verifier,
      byte[] signature)
      throws Exception {
    boolean holds =
        super.verifySignature(session, username, algorithm, key, signed, verifier, signature);
    if (holds && key instanceof SecurityKeyPublicKey<?>) {
      attests(signature);
    }
    return holds;
  }

  /** Reads type, signature, flags and counter (OpenSSH's PROTOCOL.u2f, "SSH U2F signatures"). */
  private void attests(byte[] signature) {
    Buffer buffer = new ByteArrayBuffer(signature);
    buffer.getString();
    buffer.getBytes();
    int flags = buffer.getUByte();
    if ((flags & TOUCHED) != 0) {
      attested =
          Optional.of(
              (flags & VERIFIED) == 0
                  ? SecondFactor.Attested.TOUCH
                  : SecondFactor.Attested.VERIFIED);
    }
  }

  /**
   * Sets the reason in case the current message fails.
   *
   * @param attempt the reason if the message is signed
   * @param question the reason if it only queries the key
   */
  private static void because(
      ClientConnection connection,
      Buffer buffer,
      AuditEvent.Evidence evidence,
      String attempt,
      String question) {
    AuthService service = connection.getService(AuthService.class);
    boolean signed = buffer.rawByte(buffer.rpos()) != 0;
    if (signed) {
      service.because(evidence, attempt);
    } else {
      service.becauseNotWelcome(evidence, question);
    }
  }

  /** Reads the key (boolean, algorithm, blob) without moving the buffer's position. */
  private static OfferedKey offeredKey(Buffer buffer) {
    int begin = buffer.rpos();
    buffer.getBoolean();
    buffer.getString();
    byte[] blob = buffer.getBytes();
    buffer.rpos(begin);
    return new OfferedKey(blob);
  }

  /**
   * The key for the audit log; for a certificate the key within, as {@code ssh-keygen -l} shows it.
   */
  private static AuditEvent.Evidence evidence(
      OfferedKey key, Optional<ShownCertificate> certificate) {
    return new AuditEvent.Evidence(
        NAME,
        key.type(),
        certificate.map(ShownCertificate::key).orElse(key).fingerprint(),
        "",
        certificate.map(ShownCertificate::audited));
  }

  /**
   * The plugin has checked the certificate's critical options and put them into the restrictions.
   * The library knows only {@code source-address}, and would compare it with the socket's address.
   * So this only checks for a plugin that ignores certificates' options: then an option exists
   * without its restriction.
   */
  @Override
  protected void verifyCriticalOptions(ServerSession session, OpenSshCertificate certificate)
      throws CertificateException {
    Restrictions held = session.getAttribute(WELCOME);
    for (String option : certificate.getCriticalOptionsMap().keySet()) {
      boolean honoured =
          held != null
              && switch (option) {
                case "force-command" -> held.command().isPresent();
                case "source-address" -> !held.sources().isEmpty();
                case "verify-required" -> held.demands(Attestation.VERIFICATION);
                default -> false;
              };
      if (!honoured) {
        throw new CertificateException("a critical option that no plugin honoured");
      }
    }
  }

  /**
   * The library reads from this attribute what a FIDO signature must attest, and demands a touch
   * only when it is missing. So it is always set, for every key.
   */
  private static AuthorizedKeyEntry demand(OfferedKey key, Restrictions restrictions) {
    List<String> options = new ArrayList<>();
    if (!restrictions.demands(Attestation.TOUCH)) {
      options.add("no-touch-required");
    }
    if (restrictions.demands(Attestation.VERIFICATION)) {
      options.add("verify-required");
    }
    String line =
        String.join(",", options)
            + (options.isEmpty() ? "" : " ")
            + key.type()
            + " "
            + Base64.getEncoder().encodeToString(key.blob());
    return AuthorizedKeyEntry.parseAuthorizedKeyEntry(line);
  }

  /**
   * Called by the library before it verifies a signature: true only within {@link #doAuth}, for an
   * accepted key.
   */
  static boolean isWelcome(String username, PublicKey key, ServerSession session) {
    return session.getAttribute(WELCOME) != null;
  }
}
