package dev.sallyport.recording;

import java.io.IOException;
import java.util.SortedMap;

/** The files of one recording, guarded by its lock. */
sealed interface Tracks permits Terminal, Exec {
  /** Writes buffered data, without waiting for the disk. */
  void flush() throws IOException;

  /** Writes data that was held back, and flushes. Nothing is written afterwards. */
  void end() throws IOException;

  /**
   * The recording stops although the session may continue: adds a mark that players show.
   *
   * @param reason printable ASCII
   */
  void mark(String reason) throws IOException;

  /** Disk space of the files in bytes. */
  long taken();

  /**
   * Closes the files with the flushed data, which is on disk when this returns. Nothing is written
   * afterwards.
   */
  Kept finish() throws IOException;

  /**
   * The recorded data.
   *
   * @param files by name
   * @param unkept bytes that passed and are in no file, by kind, such as {@code stdout}; only kinds
   *     with such bytes
   */
  record Kept(SortedMap<String, Manifest.FileFacts> files, SortedMap<String, Long> unkept) {}
}
