package dev.sallyport.recording.files;

/** What the target gave a handle for. */
sealed interface Opened permits OpenFile, Opened.Directory {
  String path();

  /** A directory to be listed. */
  record Directory(String path) implements Opened {}
}
