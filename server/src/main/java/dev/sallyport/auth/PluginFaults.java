package dev.sallyport.auth;

import dev.sallyport.model.SafeText;
import java.nio.file.FileSystemException;
import org.slf4j.Logger;

/** Logs that a plugin could not answer. */
public final class PluginFaults {
  /** Longest text in the audit log, in characters. */
  private static final int SHOWN = 300;

  private PluginFaults() {}

  /**
   * Logs a fault. With a checked exception, a plugin reports a problem of its source, such as a
   * missing folder, and its message says what to do, in one line. Any other exception is a bug, and
   * is logged with its stack trace.
   *
   * @param what the plugin and the consequence; no full stop
   */
  public static void log(Logger log, String what, Throwable fault) {
    if (fault instanceof RuntimeException || fault instanceof Error) {
      log.error("{}", what, fault);
    } else {
      log.error("{}: {}", what, text(fault));
    }
  }

  /**
   * The fault for the audit log, in one line of printable ASCII: the message of a checked
   * exception, which must not contain secrets ({@link
   * dev.sallyport.spi.InteractiveFactor.Continuation}), and the class name of any other.
   */
  public static String reason(Throwable fault) {
    return "the plugin failed: "
        + (fault instanceof RuntimeException || fault instanceof Error
            ? fault.getClass().getSimpleName()
            : SafeText.escape(text(fault), SHOWN));
  }

  /** Adds a text to the JDK's exceptions for files, whose message is only the path. */
  private static String text(Throwable fault) {
    return fault.getMessage() == null || fault instanceof FileSystemException
        ? fault.toString()
        : fault.getMessage();
  }
}
