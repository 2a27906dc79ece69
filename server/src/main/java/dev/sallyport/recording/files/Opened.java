package dev.sallyport.recording.files;

/** The file or directory of a handle. */
sealed interface Opened permits OpenFile, Opened.Directory {
  String path();

  /** Memory of its text in bytes. */
  default int textBytes() {
    return 2 * path().length();
  }

  /** An open directory. */
  record Directory(String path) implements Opened {}
}
