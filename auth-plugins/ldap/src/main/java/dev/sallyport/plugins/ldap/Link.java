package dev.sallyport.plugins.ldap;

import com.unboundid.ldap.sdk.LDAPConnection;
import java.time.Duration;

/**
 * A connection to a server, encrypted and logged in.
 *
 * @param since when it was begun, by the clock of {@link System#nanoTime()}
 */
record Link(Server server, LDAPConnection connection, long since) {
  /**
   * Oldest that is used again. A new one looks anew at the certificate and the password, and
   * firewalls drop those that were idle.
   */
  private static final Duration OLDEST = Duration.ofMinutes(2);

  boolean isGood() {
    return connection.isConnected() && System.nanoTime() - since < OLDEST.toNanos();
  }
}
