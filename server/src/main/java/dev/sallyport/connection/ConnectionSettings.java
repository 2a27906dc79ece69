package dev.sallyport.connection;

import dev.sallyport.ssh.Algorithms;
import dev.sallyport.transport.ProxySettings;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What the server of connections is told at the start.
 *
 * @param listen where to accept; at least one address; port 0 takes a free one
 * @param methods authentication methods that all must succeed, in order (RFC 4252, section 5.1)
 * @param penalties for sources that misbehave
 * @param proxies the load balancers in front of us
 */
public record ConnectionSettings(
    List<InetSocketAddress> listen,
    List<String> methods,
    Limits limits,
    PenaltySettings penalties,
    ProxySettings proxies,
    Algorithms algorithms) {
  public ConnectionSettings {
    listen = List.copyOf(listen);
    methods = List.copyOf(methods);
  }
}
