package dev.sallyport.connection;

import dev.sallyport.ssh.Algorithms;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What the server of connections is told at the start.
 *
 * @param listen where to accept; at least one address; port 0 takes a free one
 * @param methods authentication methods that all must succeed, in order (RFC 4252, section 5.1)
 */
public record ConnectionSettings(
    List<InetSocketAddress> listen, List<String> methods, Limits limits, Algorithms algorithms) {
  public ConnectionSettings {
    listen = List.copyOf(listen);
    methods = List.copyOf(methods);
  }
}
