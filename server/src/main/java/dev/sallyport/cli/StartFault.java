package dev.sallyport.cli;

import java.io.IOException;
import java.util.List;

/** What a fault that kept the server from starting means for whoever may start it again. */
public final class StartFault {
  /**
   * The system's words for what passes by itself: a full disk, a disk or a network that is not
   * there yet, other programs that use too much.
   */
  private static final List<String> PASSING =
      List.of(
          "No space left on device",
          "Disk quota exceeded",
          "Input/output error",
          "Cannot assign requested address",
          "Too many open files",
          "Cannot allocate memory");

  private StartFault() {}

  /**
   * The exit code: {@link Exit#NO} when a restart may help, and {@link Exit#CONFIGURATION} when
   * somebody must change something first, such as a key file that is missing or a port that another
   * program has. A service manager restarts after the first and not after the second.
   */
  public static int exit(IOException fault) {
    for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
      String words = String.valueOf(cause.getMessage());
      if (PASSING.stream().anyMatch(words::contains)) {
        return Exit.NO;
      }
    }
    return Exit.CONFIGURATION;
  }
}
