package dev.sallyport.auth;

import dev.sallyport.model.SafeText;
import java.nio.file.FileSystemException;
import org.slf4j.Logger;

/** How the operator hears that a plugin could not answer. */
public final class PluginFaults {
  /** Longest text that the audit log gets. */
  private static final int SHOWN = 300;

  private PluginFaults() {}

  /**
   * Tells it. A checked exception is a plugin's way to say what its source lacks, such as a folder
   * that is not there: its message says what to do, in one line. Any other is a bug, and its stack
   * trace says where.
   *
   * @param what which plugin, and what follows from it; no full stop
   */
  public static void log(Logger log, String what, Throwable fault) {
    if (fault instanceof RuntimeException || fault instanceof Error) {
      log.error("{}", what, fault);
    } else {
      log.error("{}: {}", what, text(fault));
    }
  }

  /**
   * The same for the audit log, in one line of printable ASCII: what a checked exception says, of
   * which {@link dev.sallyport.spi.InteractiveFactor.Continuation} wants no secrets, and the name
   * of any other.
   */
  public static String reason(Throwable fault) {
    return "the plugin failed: "
        + (fault instanceof RuntimeException || fault instanceof Error
            ? fault.getClass().getSimpleName()
            : SafeText.escape(text(fault), SHOWN));
  }

  /** The JDK's exceptions for files have no message but the path. */
  private static String text(Throwable fault) {
    return fault.getMessage() == null || fault instanceof FileSystemException
        ? fault.toString()
        : fault.getMessage();
  }
}
