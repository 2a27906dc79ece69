package dev.sallyport.cli;

import dev.sallyport.audit.AuditSpool;
import dev.sallyport.audit.Spooled;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** How commands beside the server tell the audit log what their operator is about to do. */
final class OperatorAct {
  private OperatorAct() {}

  /**
   * Tells it. When this returns, it is in the log, or will be.
   *
   * @param done what the operator does, such as {@code "read this"}
   * @param err hears when only the next server will write it
   * @throws IOException when it cannot be told; then it must not be done
   */
  static void tell(Path stateDir, Spooled.Act act, String done, PrintWriter err)
      throws IOException {
    Optional<String> behalf = Optional.ofNullable(System.getenv("SUDO_USER"));
    try {
      switch (new AuditSpool(stateDir.resolve("audit"))
          .tell(new Spooled(Instant.now(), behalf, act))) {
        case WRITTEN -> {}
        case WAITING ->
            err.println(
                "sallyport: no server is running; at its next start the audit log will record that"
                    + " you "
                    + done);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped before the audit log had it", e);
    }
  }
}
