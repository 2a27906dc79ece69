package dev.sallyport.gateway.target;

import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Target;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One thing that a target is called by: an address or a name, with a port.
 *
 * @param host in lower case
 */
record HostName(String host, int port) {
  private static final int DEFAULT_PORT = 22;

  /**
   * What a target is called by: the address that was dialled, and the name that was asked for if it
   * is one. What a user typed gets no further when it is neither a name nor an address.
   */
  static List<HostName> of(String requested, InetSocketAddress dialled) {
    Set<HostName> names = new LinkedHashSet<>();
    names.add(new HostName(IpText.format(dialled.getAddress()), dialled.getPort()));
    if (Host.parse(requested) instanceof Parsed.Valid<Host>(Host host)) {
      names.add(new HostName(host.text(), dialled.getPort()));
    }
    return List.copyOf(names);
  }

  /** As known_hosts has it: the port and brackets only where it is not 22. */
  String pattern() {
    return port == DEFAULT_PORT ? host : "[" + host + "]:" + port;
  }

  /** As people write it, port and all. */
  String shown() {
    return new Target(host, port).shown();
  }
}
