package dev.sallyport.policy;

import dev.sallyport.model.IpText;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of this machine's interfaces, up or down. Interfaces may change while the server
 * runs, so they are read again every few seconds. Safe for all threads.
 */
public final class OwnAddresses {
  /**
   * How long the addresses are cached. Reading them takes a system call for each interface, which a
   * flood of forwards must not repeat.
   */
  static final Duration FRESH = Duration.ofSeconds(5);

  private volatile @Nullable Snapshot latest;

  private record Snapshot(Set<InetAddress> addresses, long nanoTime) {}

  /**
   * The addresses, at most {@link #FRESH} old.
   *
   * @throws SocketException when they cannot be read, such as when the process is out of file
   *     descriptors; nothing may be decided then
   */
  public Set<InetAddress> addresses() throws SocketException {
    Snapshot snapshot = latest;
    long now = System.nanoTime();
    if (snapshot == null || now - snapshot.nanoTime() > FRESH.toNanos()) {
      snapshot = new Snapshot(read(), now);
      latest = snapshot;
    }
    return snapshot.addresses();
  }

  private static Set<InetAddress> read() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .map(IpText::unmapped)
        .collect(Collectors.toUnmodifiableSet());
  }
}
