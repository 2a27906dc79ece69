package dev.sallyport.transport;

import dev.sallyport.transport.ProxyHeader.Progress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/** What both versions of the PROXY protocol share. */
final class Bytes {
  private Bytes() {}

  /** Whether what came so far and {@code start} agree as far as both go. */
  static boolean agree(byte[] bytes, int length, byte[] start) {
    int common = Math.min(length, start.length);
    return Arrays.equals(bytes, 0, common, start, 0, common);
  }

  /** A client at this address, if a client can have it. */
  static Progress relayed(InetSocketAddress source) {
    InetAddress address = source.getAddress();
    return address.isAnyLocalAddress() || address.isMulticastAddress()
        ? new Progress.Malformed("no client has the source address that it names")
        : new Progress.Complete(new ProxyHeader.Relayed(source));
  }
}
