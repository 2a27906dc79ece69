package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.Claim;
import dev.sallyport.auth.Identity;
import dev.sallyport.auth.Login;
import dev.sallyport.model.SecondFactor;

/**
 * A login whose key's possession is proven.
 *
 * @param login the data needed to check later whether the login is still valid
 */
record ProvenLogin(Login login, Identity identity, AuditEvent.Evidence evidence) {
  /** The user name of the request, which the signature covers (RFC 4252, section 7). */
  String username() {
    return login.username();
  }

  /** The same with the identity that the plugin gives now. Proven factors stay proven. */
  ProvenLogin renewedBy(Identity now, Claim claim) {
    return new ProvenLogin(login.with(claim), identity.renewedBy(now), evidence);
  }

  /** The same, with a proven second factor. */
  ProvenLogin with(SecondFactor proven) {
    return new ProvenLogin(login, identity.with(proven), evidence);
  }
}
