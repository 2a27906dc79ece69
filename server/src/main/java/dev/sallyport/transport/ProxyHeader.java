package dev.sallyport.transport;

import java.net.InetSocketAddress;

/**
 * The header that a load balancer sends before the client's bytes (the PROXY protocol, versions 1
 * and 2, haproxy's doc/proxy-protocol.txt).
 */
sealed interface ProxyHeader {
  /** The client's address is {@code source}. */
  record Relayed(InetSocketAddress source) implements ProxyHeader {}

  /**
   * The connection is the load balancer's own, such as a health check: LOCAL in version 2, UNKNOWN
   * in version 1. The specification demands that it is accepted, as if there were no header.
   */
  record Own() implements ProxyHeader {}

  /** The result of parsing the bytes so far. */
  sealed interface Progress {
    /**
     * The beginning of a header.
     *
     * @param bytes the number of bytes that may be read without reading beyond the header
     */
    record More(int bytes) implements Progress {}

    /** A complete header. */
    record Complete(ProxyHeader header) implements Progress {}

    /**
     * No valid header, whatever follows.
     *
     * @param reason a text of the bastion's own
     */
    record Malformed(String reason) implements Progress {}
  }

  /**
   * Reads the first {@code length} of {@code bytes}; strict: a malformed header is refused at the
   * first wrong byte.
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
