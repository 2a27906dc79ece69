package dev.sallyport.support.keys;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads fields in their wire encoding (RFC 4251, section 5). For one thread. */
final class WireReader {
  private final ByteBuffer rest;

  WireReader(byte[] blob) {
    this.rest = ByteBuffer.wrap(blob);
  }

  byte[] string() throws MalformedKeyException {
    need(Integer.BYTES);
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

  /** One byte, from 0 to 255. */
  int uint8() throws MalformedKeyException {
    need(Byte.BYTES);
    return rest.get() & 0xff;
  }

  /** Four bytes, without a sign. */
  long uint32() throws MalformedKeyException {
    need(Integer.BYTES);
    return rest.getInt() & 0xffff_ffffL;
  }

  /** Eight bytes, to be read as without a sign. */
  long uint64() throws MalformedKeyException {
    need(Long.BYTES);
    return rest.getLong();
  }

  private void need(int bytes) throws MalformedKeyException {
    if (rest.remaining() < bytes) {
      throw new MalformedKeyException("it is cut short");
    }
  }

  /** A string as UTF-8; what is no UTF-8 is refused, because two readers could read it as two. */
  String text() throws MalformedKeyException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(string())).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedKeyException("it has a text in it that is not UTF-8");
    }
  }

  /** A string that has fields of its own in it. */
  WireReader within() throws MalformedKeyException {
    return new WireReader(string());
  }

  /** Whether nothing is left. */
  boolean atEnd() {
    return !rest.hasRemaining();
  }

  /** Bytes read so far. */
  int position() {
    return rest.position();
  }

  void end() throws MalformedKeyException {
    if (rest.hasRemaining()) {
      throw new MalformedKeyException("it has " + rest.remaining() + " bytes too many");
    }
  }
}
