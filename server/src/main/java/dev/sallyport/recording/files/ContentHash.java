package dev.sallyport.recording.files;

import dev.sallyport.model.Sha256;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The SHA-256 of a file's content in one direction, in the order of the file, although its parts
 * may pass in another order. Early parts wait, in bounded memory. If parts overlap, leave a gap or
 * cannot wait, there is no hash; it is never wrong. Not for several threads at once.
 */
final class ContentHash {
  /** Memory of a waiting part besides its bytes, in bytes. */
  private static final int PART_OVERHEAD = 128;

  private static final long NOT_BEGUN = -1;

  /** A reason why there is no hash. */
  static final String OUT_OF_ORDER = "parts came too far out of order, overlapped, or left a gap";

  /** Another reason. */
  static final String NO_MEMORY =
      "parts came out of order, and the user's share of the bastion's memory had no room for them";

  private final Allowance waitingRoom;
  private final TreeMap<Long, byte[]> waiting = new TreeMap<>();

  /** Empty before the first byte, and after the hash was lost. */
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

  /** Sets the offset of the first part that was requested or sent. Later calls have no effect. */
  void begin(long offset) {
    if (start == NOT_BEGUN) {
      start = offset;
      next = offset;
    }
  }

  /** Adds a part of the file. */
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

  /** As {@link #add}, for a file that was opened for appending: the target ignores the offset. */
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

  /** Drops the hash. */
  void lose() {
    lost = true;
    digest = Optional.empty();
    for (byte[] part : waiting.values()) {
      waitingRoom.give(part.length + PART_OVERHEAD);
    }
    waiting.clear();
  }

  /** Whether a part was requested or has passed. */
  boolean hasBegun() {
    return start != NOT_BEGUN;
  }

  long bytes() {
    return bytes;
  }

  long offset() {
    return hasBegun() ? start : 0;
  }

  /** The hash, if it covers every byte that passed. Nothing may be added afterwards. */
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

  /** Why {@link #finish} returned no hash, if the file's result does not say it. */
  Optional<String> unhashed() {
    return unhashed;
  }
}
