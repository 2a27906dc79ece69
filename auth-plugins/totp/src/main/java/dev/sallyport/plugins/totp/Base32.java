package dev.sallyport.plugins.totp;

/** Base32 without padding (RFC 4648, section 6), as secrets are shown to people. */
final class Base32 {
  /** Also of recovery codes: no digit looks like a letter. */
  static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private static final int BITS = 5;

  private Base32() {}

  static String encode(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    int pending = 0;
    int bits = 0;
    for (byte one : bytes) {
      pending = (pending << Byte.SIZE) | (one & 0xff);
      bits += Byte.SIZE;
      while (bits >= BITS) {
        bits -= BITS;
        text.append(ALPHABET.charAt((pending >> bits) & 0x1f));
      }
      pending &= (1 << bits) - 1;
    }
    if (bits > 0) {
      text.append(ALPHABET.charAt((pending << (BITS - bits)) & 0x1f));
    }
    return text.toString();
  }
}
