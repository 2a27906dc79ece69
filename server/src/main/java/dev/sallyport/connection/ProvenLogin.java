package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.Identity;
import dev.sallyport.auth.Login;

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
}
