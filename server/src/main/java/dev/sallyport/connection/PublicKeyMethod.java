package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.Answer;
import dev.sallyport.auth.Identity;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Restrictions.Attestation;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.auth.pubkey.AuthorizedKeyEntriesPublickeyAuthenticator;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.server.session.ServerSession;

/**
 * The {@code publickey} method (RFC 4252, section 7). The plugins say whether an offered key may
 * log in; that it is <em>proven</em> is known only when the library has verified the signature and
 * {@link #doAuth} returned true. Before that nothing is counted, recorded or believed.
 */
final class PublicKeyMethod extends UserAuthPublicKey {
  private static final AttributeRepository.AttributeKey<Boolean> WELCOME =
      new AttributeRepository.AttributeKey<>();

  PublicKeyMethod(List<NamedFactory<Signature>> signatures) {
    super(signatures);
  }

  @Override
  public Boolean doAuth(Buffer buffer, boolean init) throws Exception {
    ClientConnection connection = (ClientConnection) getServerSession();
    OfferedKey key = offeredKey(buffer);
    var evidence = new AuditEvent.Evidence(NAME, key.type(), key.fingerprint(), "");
    var attempt =
        new LoginAttempt(getUsername(), connection.facts().source().getAddress(), Instant.now());
    return switch (connection.services().authenticator().publicKey(attempt, key)) {
      case Answer.Unwelcome(String plugin, String reason) -> {
        connection.getService(AuthService.class).because(with(evidence, plugin), reason);
        yield false;
      }
      case Answer.Welcome(Identity identity) -> {
        AuditEvent.Evidence full = with(evidence, identity.plugin());
        connection.getService(AuthService.class).because(full, "the signature does not hold");
        demandOfSecurityKeys(connection, key, identity.restrictions());
        Boolean proven;
        connection.setAttribute(WELCOME, true);
        try {
          proven = super.doAuth(buffer, init);
        } finally {
          connection.removeAttribute(WELCOME);
        }
        if (Boolean.TRUE.equals(proven)) {
          connection.prove(new ProvenLogin(getUsername(), identity, full));
        }
        yield proven;
      }
    };
  }

  /** Reads the key without moving the buffer: boolean, algorithm, blob. */
  private static OfferedKey offeredKey(Buffer buffer) {
    int begin = buffer.rpos();
    buffer.getBoolean();
    buffer.getString();
    byte[] blob = buffer.getBytes();
    buffer.rpos(begin);
    return new OfferedKey(blob);
  }

  private static AuditEvent.Evidence with(AuditEvent.Evidence evidence, String plugin) {
    return new AuditEvent.Evidence(
        evidence.method(), evidence.keyType(), evidence.fingerprint(), plugin);
  }

  /**
   * The library takes what a FIDO signature must attest from this attribute, and demands a touch
   * only when there is none; so it is always set, and for every key.
   */
  private static void demandOfSecurityKeys(
      ServerSession session, OfferedKey key, Restrictions restrictions) {
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
    session.setAttribute(
        AuthorizedKeyEntriesPublickeyAuthenticator.AUTHORIZED_KEY,
        AuthorizedKeyEntry.parseAuthorizedKeyEntry(line));
  }

  /**
   * What the library asks before it verifies: yes only within {@link #doAuth} for a key that is
   * welcome.
   */
  static boolean isWelcome(String username, PublicKey key, ServerSession session) {
    return Boolean.TRUE.equals(session.getAttribute(WELCOME));
  }
}
