package dev.sallyport.connection;

import dev.sallyport.ssh.Algorithms;
import dev.sallyport.transport.ProxySettings;
import java.util.List;

/**
 * What connections are told when they begin.
 *
 * @param methods authentication methods that all must succeed, in order (RFC 4252, section 5.1)
 * @param banner what clients are shown before they log in
 * @param penalties for sources that misbehave
 * @param proxies the load balancers in front of us
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
