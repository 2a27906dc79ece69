package dev.sallyport.recording.files;

/** What the target gave a handle for. */
sealed interface Opened permits OpenFile, Opened.Directory {
  String path();

  /** Bytes of text that it holds. */
  default int textBytes() {
    return 2 * path().length();
  }

  /** A directory to be listed. */
  record Directory(String path) implements Opened {}
}
