package dev.sallyport.cli;

import dev.sallyport.config.Loading;
import dev.sallyport.operations.FaultText;
import dev.sallyport.review.AuditFollow;
import dev.sallyport.review.AuditPrinter;
import dev.sallyport.review.AuditQuery;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/** The audit log, as {@code audit list} and {@code audit follow} print it. */
final class AuditLines {
  private AuditLines() {}

  /** On the standard output, in the zone of this machine. */
  static AuditPrinter printer(AuditPrinter.Form form, OptionalInt limit) {
    return new AuditPrinter(System.out, ZoneId.systemDefault(), form, limit);
  }

  /**
   * Prints as {@link AuditFollow#run} does.
   *
   * @param err where it says that the log cannot be read
   * @return the exit code
   */
  static int print(
      Loading.Loaded loaded,
      AuditQuery query,
      AuditPrinter printer,
      AuditFollow.Start start,
      BooleanSupplier stop,
      PrintWriter err) {
    try {
      new AuditFollow(loaded.configuration().stateDir().resolve("audit"), printer, query)
          .run(start, stop);
      return Exit.OK;
    } catch (IOException e) {
      err.println("sallyport: the audit log cannot be read: " + FaultText.of(e));
      return Exit.NO;
    }
  }
}
