package dev.sallyport.auth;

import dev.sallyport.spi.OfferedKey;
import java.net.InetAddress;

/**
 * The data of a login that are needed to recheck it.
 *
 * @param username the user name of the request
 * @param source the client's address
 * @param key the proven key
 * @param claim the acceptance that it is based on
 */
public record Login(String username, InetAddress source, OfferedKey key, Claim claim) {
  /** The same, based on another acceptance. */
  public Login with(Claim other) {
    return new Login(username, source, key, other);
  }
}
