package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.Claim;
import dev.sallyport.auth.Identity;
import dev.sallyport.auth.Login;
import dev.sallyport.model.SecondFactor;

/**
 * A key whose possession is proven.
 *
 * @param login what it takes to ask again whether it may go on
 */
record ProvenLogin(Login login, Identity identity, AuditEvent.Evidence evidence) {
  /** The name the client asked for, which its signature covers (RFC 4252, section 7). */
  String username() {
    return login.username();
  }

  /** The same as its source has it now; what the client proved stays proven. */
  ProvenLogin renewedBy(Identity now, Claim claim) {
    return new ProvenLogin(login.with(claim), identity.renewedBy(now), evidence);
  }

  /** The same, with what was proven besides the key. */
  ProvenLogin with(SecondFactor proven) {
    return new ProvenLogin(login, identity.with(proven), evidence);
  }
}
