package dev.sallyport.gateway.outbound;

import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Target;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A name of a target: an address or a DNS name, with a port.
 *
 * @param host in lower case
 */
record HostName(String host, int port) {
  private static final int DEFAULT_PORT = 22;

  /**
   * The names of a target: the address that was dialled, and the requested host if it is a DNS
   * name. Other text from the user is not used.
   */
  static List<HostName> of(String requested, InetSocketAddress dialled) {
    Set<HostName> names = new LinkedHashSet<>();
    names.add(new HostName(IpText.format(dialled.getAddress()), dialled.getPort()));
    if (Host.parse(requested) instanceof Parsed.Valid<Host>(Host host)) {
      names.add(new HostName(host.text(), dialled.getPort()));
    }
    return List.copyOf(names);
  }

  /** As in known_hosts: with brackets and the port only when it is not 22. */
  String pattern() {
    return port == DEFAULT_PORT ? host : "[" + host + "]:" + port;
  }

  /** As text for messages, always with the port. */
  String shown() {
    return new Target(host, port).shown();
  }
}
