package dev.sallyport.support.files;

import java.nio.file.Path;
import java.util.List;

/** What is at the end of a path. */
public sealed interface Located {
  /**
   * A regular file that only trusted users can change or replace.
   *
   * @param real its path without symbolic links
   * @param passed everything on the way, itself too
   */
  record Found(Path real, FileVersion version, List<Path> passed) implements Located {}

  /**
   * A folder that only trusted users can change or replace, unless it is sticky.
   *
   * @param real its path without symbolic links
   * @param passed everything on the way, itself too
   */
  record Folder(Path real, List<Path> passed) implements Located {}

  /**
   * Nothing.
   *
   * @param missing the first thing on the way that is not there
   * @param left how many names were still to be walked, that of {@code missing} too
   * @param passed everything on the way that is there
   */
  record Absent(Path missing, int left, List<Path> passed) implements Located {}

  /**
   * Something on the way is not to be trusted, or cannot be looked at.
   *
   * @param where that thing
   * @param what what is wrong with it
   */
  record Untrusted(Path where, String what) implements Located {}
}
