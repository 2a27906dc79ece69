package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.Identity;
import dev.sallyport.model.SecondFactor;

/**
 * A key whose possession is proven.
 *
 * @param username the name the client asked for, which its signature covers (RFC 4252, section 7)
 */
record ProvenLogin(String username, Identity identity, AuditEvent.Evidence evidence) {
  /** The same, with what was proven besides the key. */
  ProvenLogin with(SecondFactor proven) {
    return new ProvenLogin(username, identity.with(proven), evidence);
  }
}
