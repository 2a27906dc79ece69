package dev.sallyport.support.keys;

import java.util.Arrays;
import java.util.List;

/**
 * Some serial numbers of certificates, without a sign, as a section of a revocation list holds
 * them. Never written out: a section of 17 bytes can mean all 2^64 of them.
 */
sealed interface SerialSet {
  /** The lowest. */
  long first();

  /** The highest. */
  long last();

  /** Whether it is one of them; asked only from {@link #first} to {@link #last}. */
  boolean has(long serial);

  /** All from the first to the last. */
  record Range(long first, long last) implements SerialSet {
    @Override
    public boolean has(long serial) {
      return true;
    }
  }

  /** Those that are listed. */
  final class Listed implements SerialSet {
    /** In order, each with its highest bit turned, so that their order is Java's. */
    private final long[] sorted;

    /**
     * @param serials at least one
     */
    Listed(List<Long> serials) {
      sorted = serials.stream().mapToLong(serial -> serial ^ Long.MIN_VALUE).sorted().toArray();
    }

    @Override
    public long first() {
      return sorted[0] ^ Long.MIN_VALUE;
    }

    @Override
    public long last() {
      return sorted[sorted.length - 1] ^ Long.MIN_VALUE;
    }

    @Override
    public boolean has(long serial) {
      return Arrays.binarySearch(sorted, serial ^ Long.MIN_VALUE) >= 0;
    }
  }

  /** Those whose bit is set. */
  final class Bitmap implements SerialSet {
    private final long offset;
    private final byte[] bits;
    private final long last;

    /**
     * @param offset the serial of the lowest bit
     * @param bits the highest first, at least one of them set
     * @param length of the bits that count, up to the highest that is set
     */
    Bitmap(long offset, byte[] bits, int length) {
      this.offset = offset;
      this.bits = bits.clone();
      this.last = offset + length - 1;
    }

    @Override
    public long first() {
      return offset;
    }

    @Override
    public long last() {
      return last;
    }

    @Override
    public boolean has(long serial) {
      int bit = (int) (serial - offset);
      int at = bits.length - 1 - bit / Byte.SIZE;
      return at >= 0 && (bits[at] >> bit % Byte.SIZE & 1) == 1;
    }
  }
}
