package dev.sallyport.auth;

import dev.sallyport.spi.OfferedKey;
import java.net.InetAddress;

/**
 * A login that succeeded, as it takes to ask again whether it may go on.
 *
 * @param username the name the client asked for
 * @param source where the client is
 * @param key whose possession was proven
 * @param claim whose word it rests on
 */
public record Login(String username, InetAddress source, OfferedKey key, Claim claim) {
  /** The same on the word of another, or on another word. */
  public Login with(Claim other) {
    return new Login(username, source, key, other);
  }
}
