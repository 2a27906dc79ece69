package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.Identity;

/**
 * A key whose possession is proven.
 *
 * @param username the name the client asked for, which its signature covers (RFC 4252, section 7)
 */
record ProvenLogin(String username, Identity identity, AuditEvent.Evidence evidence) {}
