package dev.sallyport.recording;

import java.io.IOException;
import java.util.SortedMap;

/** The files of one recording, guarded by its lock. */
sealed interface Tracks permits Terminal, Exec {
  /** Hands what is buffered to the kernel. */
  void flush() throws IOException;

  /** Nothing more is written: tells what was still held back, and flushes. */
  void end() throws IOException;

  /**
   * Closes the files with what was flushed; nothing is written afterwards. They are on disk when
   * this returns.
   */
  SortedMap<String, Manifest.FileFacts> finish() throws IOException;
}
