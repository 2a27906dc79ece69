package dev.sallyport.connection;

import dev.sallyport.ssh.Algorithms;
import dev.sallyport.transport.ProxySettings;
import java.util.List;

/**
 * Settings of connections, fixed when a connection begins.
 *
 * @param methods authentication methods that all must succeed, in order (RFC 4252, section 5.1)
 * @param banner the text that clients are shown before the login
 * @param penalties for sources that misbehave
 * @param proxies the load balancers in front of the bastion
 */
public record ConnectionSettings(
    List<String> methods,
    Banner banner,
    Limits limits,
    PenaltySettings penalties,
    ProxySettings proxies,
    Algorithms algorithms) {
  public ConnectionSettings {
    methods = List.copyOf(methods);
  }
}
