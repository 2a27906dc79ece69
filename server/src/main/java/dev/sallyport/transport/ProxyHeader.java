package dev.sallyport.transport;

import java.net.InetSocketAddress;

/**
 * What a load balancer says about a connection before it passes the client's bytes on (The PROXY
 * protocol, versions 1 and 2, haproxy's doc/proxy-protocol.txt).
 */
sealed interface ProxyHeader {
  /** The client is at {@code source}. */
  record Relayed(InetSocketAddress source) implements ProxyHeader {}

  /**
   * The load balancer speaks for itself, as in its health checks: LOCAL of version 2, UNKNOWN of
   * version 1. The specification wants that accepted, as if there were no header.
   */
  record Own() implements ProxyHeader {}

  /** What the bytes that came so far are. */
  sealed interface Progress {
    /**
     * The beginning of a header.
     *
     * @param bytes so many more may be read without taking one that is behind the header
     */
    record More(int bytes) implements Progress {}

    /** A whole header. */
    record Complete(ProxyHeader header) implements Progress {}

    /**
     * No header, whatever follows.
     *
     * @param reason why, in words of ours
     */
    record Malformed(String reason) implements Progress {}
  }

  /**
   * Reads the first {@code length} of {@code bytes}; strict: what is not exactly a header is
   * refused at the first byte that shows it.
   */
  static Progress read(byte[] bytes, int length) {
    if (ProxyHeaderV2.mayBe(bytes, length)) {
      return ProxyHeaderV2.read(bytes, length);
    }
    if (ProxyHeaderV1.mayBe(bytes, length)) {
      return ProxyHeaderV1.read(bytes, length);
    }
    return new Progress.Malformed("it begins with something else");
  }
}
