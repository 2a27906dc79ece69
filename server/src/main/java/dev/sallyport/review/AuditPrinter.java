package dev.sallyport.review;

import dev.sallyport.audit.ReadableLine;
import dev.sallyport.audit.SafeJson;
import java.io.PrintStream;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;

/** Prints events of the audit log, a line each. Everything is printable ASCII. For one thread. */
public final class AuditPrinter {
  /** What a line is. */
  public enum Form {
    /** A time and a sentence. */
    SENTENCE,
    /** The same below a header. */
    TABLE,
    /** The event itself, as JSON. */
    JSON
  }

  /** As long as a time is. */
  private static final String HEADER = "%-25s %s".formatted("TIME", "EVENT");

  private final PrintStream out;
  private final ReadableLine readable;
  private final Form form;
  private final OptionalInt limit;

  /** The last ones, when there is a limit. */
  private final Deque<String> last = new ArrayDeque<>();

  private boolean begun;

  /**
   * @param zone in which times are shown
   * @param limit only so many are printed, the last ones, once {@link #end} says that they are
   */
  public AuditPrinter(PrintStream out, ZoneId zone, Form form, OptionalInt limit) {
    this.out = out;
    this.readable = new ReadableLine(zone);
    this.form = form;
    this.limit = limit;
  }

  /** Prints or keeps an event. */
  void add(String event) {
    if (limit.isEmpty()) {
      print(event);
      return;
    }
    if (last.size() == limit.getAsInt()) {
      last.removeFirst();
    }
    last.addLast(event);
  }

  /** There are no more. */
  void end() {
    last.forEach(this::print);
    last.clear();
    out.flush();
  }

  /** Flushes, and says whether nobody reads any more. */
  boolean isBroken() {
    return out.checkError();
  }

  private void print(String event) {
    if (!begun && form == Form.TABLE) {
      out.println(HEADER);
    }
    begun = true;
    out.println(
        switch (form) {
          case SENTENCE, TABLE -> readable.of(event);
          case JSON -> json(event);
        });
  }

  /** Anew, since whoever may write into the log may write what drives a terminal. */
  private static String json(String event) {
    try {
      return SafeJson.MAPPER.writeValueAsString(SafeJson.MAPPER.readTree(event));
    } catch (JacksonException broken) {
      return SafeJson.MAPPER.writeValueAsString(Map.of("not_an_event", SafeJson.bounded(event)));
    }
  }
}
