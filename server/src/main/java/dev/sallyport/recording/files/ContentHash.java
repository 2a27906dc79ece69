package dev.sallyport.recording.files;

import dev.sallyport.model.Sha256;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * SHA-256 of one direction of a file in the file's order, though its parts may pass in another:
 * parts that came too early wait, in bounded memory. Parts that overlap, leave a gap or cannot wait
 * make the hash unknown, never wrong. Not for several threads at once.
 */
final class ContentHash {
  /** What a waiting part costs beside its bytes: without it, parts of one byte would be free. */
  private static final int PART_OVERHEAD = 128;

  private static final long NOT_BEGUN = -1;

  /** Why there is no hash. */
  static final String OUT_OF_ORDER = "parts came too far out of order, overlapped, or left a gap";

  /** Likewise. */
  static final String NO_MEMORY =
      "parts came out of order, and the user's share of the bastion's memory had no room for them";

  private final Allowance waitingRoom;
  private final TreeMap<Long, byte[]> waiting = new TreeMap<>();

  /** None before the first byte and none after the hash is known to be lost. */
  private Optional<MessageDigest> digest = Optional.empty();

  private long start = NOT_BEGUN;
  private long next;
  private long bytes;
  private boolean lost;
  private Optional<String> unhashed = Optional.empty();

  /**
   * @param waitingRoom for parts out of order
   */
  ContentHash(Allowance waitingRoom) {
    this.waitingRoom = waitingRoom;
  }

  /** The place of the first part that was asked for or sent; later calls change nothing. */
  void begin(long offset) {
    if (start == NOT_BEGUN) {
      start = offset;
      next = offset;
    }
  }

  /** Part of the file at {@code offset} passed. */
  void add(long offset, Slice part) {
    begin(offset);
    bytes += part.length();
    if (lost || part.length() == 0) {
      return;
    }
    if (offset == next) {
      update(part.data(), part.offset(), part.length());
      takeWaiting();
    } else if (offset > next && !waiting.containsKey(offset)) {
      keep(offset, part);
    } else {
      lose(OUT_OF_ORDER);
    }
  }

  private void keep(long offset, Slice part) {
    switch (waitingRoom.take(part.length() + PART_OVERHEAD)) {
      case YES ->
          waiting.put(
              offset,
              Arrays.copyOfRange(part.data(), part.offset(), part.offset() + part.length()));
      case TOO_MUCH -> lose(OUT_OF_ORDER);
      case NO_MEMORY -> lose(NO_MEMORY);
    }
  }

  private void lose(String why) {
    unhashed = Optional.of(why);
    lose();
  }

  /** As {@link #add}, where the target puts each part at the end, whatever its offset says. */
  void append(long offset, Slice part) {
    begin(offset);
    add(next, part);
  }

  private void takeWaiting() {
    while (!lost && !waiting.isEmpty() && waiting.firstKey() <= next) {
      Map.Entry<Long, byte[]> first = waiting.firstEntry();
      if (first.getKey() < next) {
        lose(OUT_OF_ORDER);
        return;
      }
      waiting.pollFirstEntry();
      byte[] part = first.getValue();
      waitingRoom.give(part.length + PART_OVERHEAD);
      update(part, 0, part.length);
    }
  }

  private void update(byte[] data, int offset, int length) {
    MessageDigest hash = digest.orElseGet(Sha256::digest);
    hash.update(data, offset, length);
    digest = Optional.of(hash);
    next += length;
  }

  /** The hash of the whole can no longer be told. */
  void lose() {
    lost = true;
    digest = Optional.empty();
    for (byte[] part : waiting.values()) {
      waitingRoom.give(part.length + PART_OVERHEAD);
    }
    waiting.clear();
  }

  /** Whether a part was asked for, or passed. */
  boolean hasBegun() {
    return start != NOT_BEGUN;
  }

  long bytes() {
    return bytes;
  }

  long offset() {
    return hasBegun() ? start : 0;
  }

  /** The hash, when every byte that passed is in it; nothing may be added afterwards. */
  Optional<String> finish() {
    if (!waiting.isEmpty()) {
      lose(OUT_OF_ORDER);
    }
    if (lost) {
      return Optional.empty();
    }
    lost = true;
    return Optional.of(Sha256.hex(digest.orElseGet(Sha256::digest)));
  }

  /** Why {@link #finish} gave no hash, where the file's result does not say it. */
  Optional<String> unhashed() {
    return unhashed;
  }
}
