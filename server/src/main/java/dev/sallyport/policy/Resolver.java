package dev.sallyport.policy;

import dev.sallyport.model.Host;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a name. Called by many threads at once; may wait for long. */
@FunctionalInterface
public interface Resolver {
  /**
   * All current addresses of {@code name}, in the order of the answer.
   *
   * @throws UnknownHostException when there are none, or no server answers
   */
  List<InetAddress> resolve(Host.Name name) throws UnknownHostException;
}
