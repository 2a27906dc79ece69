package dev.sallyport.transport;

import dev.sallyport.transport.ProxyHeader.Progress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/** Helpers for both versions of the PROXY protocol. */
final class Bytes {
  private Bytes() {}

  /** Whether the bytes so far and {@code start} are equal up to the shorter length. */
  static boolean agree(byte[] bytes, int length, byte[] start) {
    int common = Math.min(length, start.length);
    return Arrays.equals(bytes, 0, common, start, 0, common);
  }

  /** The header of a client with this address, if a client can have that address. */
  static Progress relayed(InetSocketAddress source) {
    InetAddress address = source.getAddress();
    return address.isAnyLocalAddress() || address.isMulticastAddress()
        ? new Progress.Malformed("no client has the source address that it names")
        : new Progress.Complete(new ProxyHeader.Relayed(source));
  }
}
