package dev.sallyport.plugins.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What a program has printed so far, up to a limit. Never waits. */
final class Printed {
  /** What Linux keeps in a pipe. */
  private static final int CHUNK = 64 * 1024;

  private static final int MOST_CHUNKS = 32;

  private final InputStream pipe;
  private final int most;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private long count;

  Printed(InputStream pipe, int most) {
    this.pipe = pipe;
    this.most = most;
  }

  /** Takes what is there, at most so much that time is looked at again soon. */
  void drain() throws IOException {
    for (int chunk = 0; chunk < MOST_CHUNKS && count <= most; chunk++) {
      int there = pipe.available();
      if (there <= 0) {
        return;
      }
      byte[] read = pipe.readNBytes(Math.min(there, CHUNK));
      count += read.length;
      kept.write(read, 0, Math.min(read.length, Math.max(0, most - kept.size())));
    }
  }

  /**
   * Takes what is there and forgets it once the limit is reached, so that nobody waits to print.
   */
  void drainAway() throws IOException {
    drain();
    if (count > most) {
      count = most;
    }
  }

  boolean isTooMuch() {
    return count > most;
  }

  byte[] bytes() {
    return kept.toByteArray();
  }

  String firstLine() {
    return kept.toString(StandardCharsets.UTF_8).lines().findFirst().orElse("");
  }
}
