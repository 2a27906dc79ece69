package dev.sallyport.policy;

import dev.sallyport.model.Host;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.List;

/**
 * Resolves names as this machine is configured: by {@code /etc/hosts}, DNS, and other sources of
 * its name service.
 */
public final class SystemResolver implements Resolver {
  static {
    // The JDK would cache an answer for 30 seconds and a failure for 10. Every decision must use a
    // current answer, because its event has a time. The JDK reads these properties once, at its
    // first lookup.
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    Security.setProperty("networkaddress.cache.stale.ttl", "0");
  }

  @Override
  public List<InetAddress> resolve(Host.Name name) throws UnknownHostException {
    return List.of(InetAddress.getAllByName(name.name()));
  }
}
