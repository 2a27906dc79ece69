package dev.sallyport.recording;

import java.io.IOException;
import java.util.SortedMap;

/** The files of one recording, guarded by its lock. */
sealed interface Tracks permits Terminal, Exec {
  /** Hands what is buffered to the kernel. */
  void flush() throws IOException;

  /** Nothing more is written: writes what was still held back, and flushes. */
  void end() throws IOException;

  /**
   * Nothing more is written though the session may go on: marks that where players show it.
   *
   * @param reason printable ASCII
   */
  void mark(String reason) throws IOException;

  /** Bytes that the files take of the disk. */
  long taken();

  /**
   * Closes the files with what was flushed; nothing is written afterwards. They are on disk when
   * this returns.
   */
  Kept finish() throws IOException;

  /**
   * What was kept.
   *
   * @param files by name
   * @param unkept bytes that passed and are in no file, by what they were, such as {@code stdout};
   *     without those of which there were none
   */
  record Kept(SortedMap<String, Manifest.FileFacts> files, SortedMap<String, Long> unkept) {}
}
