package dev.sallyport.operations;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The server's own log, with a bound for each kind of line in a minute. Whatever goes wrong for one
 * user goes wrong as often as the user tries it: a target with a changed key, a disk without room,
 * a plugin that fails. Lines beyond the bound are counted, and the number follows when the minute
 * is over. For all threads.
 */
public final class BoundedConsole extends ConsoleAppender<ILoggingEvent> {
  /** Lines of one kind in a minute: as many as a configuration may have errors on one reload. */
  static final int LINES = 100;

  /** What a stack trace counts for. */
  static final int COST_OF_A_TRACE = 10;

  /**
   * Kinds that are told apart, of which the code has fewer than a hundred; all beyond them share
   * one bound.
   */
  static final int MOST_KINDS = 500;

  /** The key of all kinds beyond {@link #MOST_KINDS}; that of a logger begins with its name. */
  private static final String OTHERS = "";

  private static final long MINUTE_NANOS = 60_000_000_000L;

  private final LongSupplier nanoTime;

  // Guarded by this.
  private final Map<String, Kind> kinds = new HashMap<>();
  private long minute;

  /** What one line of the code has printed in this minute. */
  private static final class Kind {
    private final ILoggingEvent first;
    private int cost;
    private long leftOut;

    private Kind(ILoggingEvent first) {
      this.first = first;
    }
  }

  /** Logback makes it. */
  public BoundedConsole() {
    this(System::nanoTime);
  }

  BoundedConsole(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.minute = nanoTime.getAsLong();
  }

  @Override
  protected synchronized void append(ILoggingEvent event) {
    long now = nanoTime.getAsLong();
    if (now - minute >= MINUTE_NANOS) {
      minute = now;
      kinds.values().forEach(this::tellLeftOut);
      kinds.clear();
    }
    String key = key(event);
    if (!kinds.containsKey(key) && kinds.size() >= MOST_KINDS) {
      key = OTHERS;
    }
    Kind kind = kinds.computeIfAbsent(key, _ -> new Kind(event));
    int cost = event.getThrowableProxy() == null ? 1 : COST_OF_A_TRACE;
    if (kind.cost + cost > LINES) {
      kind.leftOut++;
      return;
    }
    kind.cost += cost;
    super.append(event);
  }

  private static String key(ILoggingEvent event) {
    return event.getLoggerName() + " " + event.getMessage();
  }

  private void tellLeftOut(Kind kind) {
    if (kind.leftOut > 0) {
      LoggerContext context = (LoggerContext) getContext();
      LoggingEvent event =
          new LoggingEvent(
              BoundedConsole.class.getName(),
              context.getLogger(kind.first.getLoggerName()),
              Level.WARN,
              "in the last minute {} more lines were left out such as: {}",
              null,
              new Object[] {kind.leftOut, kind.first.getFormattedMessage()});
      super.append(event);
    }
  }

  /** Also what the last minute left out. */
  @Override
  public synchronized void stop() {
    if (isStarted()) {
      kinds.values().forEach(this::tellLeftOut);
      kinds.clear();
    }
    super.stop();
  }
}
