package dev.sallyport.plugins.openssh;

import java.math.BigInteger;
import java.nio.ByteBuffer;

/** Reads a key's fields in their wire encoding (RFC 4251, section 5). For one thread. */
final class WireReader {
  private final ByteBuffer rest;

  WireReader(byte[] blob) {
    this.rest = ByteBuffer.wrap(blob);
  }

  byte[] string() throws MalformedKeyException {
    if (rest.remaining() < Integer.BYTES) {
      throw new MalformedKeyException("it is cut short");
    }
    int length = rest.getInt();
    if (length < 0 || length > rest.remaining()) {
      throw new MalformedKeyException("it is cut short");
    }
    byte[] bytes = new byte[length];
    rest.get(bytes);
    return bytes;
  }

  /**
   * A positive number in its one right encoding. Keys are compared byte by byte and clients send
   * that encoding, so a key in another one would never match and its owner never know why.
   */
  BigInteger mpint() throws MalformedKeyException {
    byte[] bytes = string();
    boolean positive = bytes.length > 0 && bytes[0] >= 0;
    boolean padded = bytes.length > 1 && bytes[0] == 0 && bytes[1] >= 0;
    if (!positive || padded) {
      throw new MalformedKeyException("it has a number in it that is not written as SSH does");
    }
    return new BigInteger(bytes);
  }

  void end() throws MalformedKeyException {
    if (rest.hasRemaining()) {
      throw new MalformedKeyException("it has " + rest.remaining() + " bytes too many");
    }
  }
}
