package dev.sallyport.policy;

import dev.sallyport.model.Host;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.List;

/**
 * Asks as this machine is configured to: {@code /etc/hosts}, DNS, and whatever else its name
 * service has.
 */
public final class SystemResolver implements Resolver {
  static {
    // The JDK would keep an answer for 30 seconds and a failure for 10. Each decision asks afresh,
    // as its audit event says when it was made. The JDK reads these once, at its first look-up.
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    Security.setProperty("networkaddress.cache.stale.ttl", "0");
  }

  @Override
  public List<InetAddress> resolve(Host.Name name) throws UnknownHostException {
    return List.of(InetAddress.getAllByName(name.name()));
  }
}
