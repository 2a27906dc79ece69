package dev.sallyport.connection;

import dev.sallyport.ssh.Algorithms;
import java.util.List;

/**
 * What connections are told when they begin.
 *
 * @param methods authentication methods that all must succeed, in order (RFC 4252, section 5.1)
 */
public record ConnectionSettings(List<String> methods, Limits limits, Algorithms algorithms) {
  public ConnectionSettings {
    methods = List.copyOf(methods);
  }
}
