package dev.sallyport.auth;

import java.nio.file.FileSystemException;
import org.slf4j.Logger;

/** How the operator hears that a plugin could not answer. */
public final class PluginFaults {
  private PluginFaults() {}

  /**
   * Tells it. A checked exception is a plugin's way to say what its source lacks, such as a folder
   * that is not there: its message says what to do, in one line. Any other is a bug, and its stack
   * trace says where.
   *
   * @param what which plugin, and what follows from it; no full stop
   */
  public static void log(Logger log, String what, Throwable fault) {
    if (fault instanceof RuntimeException) {
      log.error("{}", what, fault);
    } else {
      log.error("{}: {}", what, text(fault));
    }
  }

  /** The JDK's exceptions for files have no message but the path. */
  private static String text(Throwable fault) {
    return fault.getMessage() == null || fault instanceof FileSystemException
        ? fault.toString()
        : fault.getMessage();
  }
}
