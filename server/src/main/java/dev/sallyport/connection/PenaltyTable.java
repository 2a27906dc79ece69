package dev.sallyport.connection;

import dev.sallyport.model.SourceNetwork;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The penalties of one address family, as in OpenSSH (srclimit.c): each misconduct adds its time to
 * a penalty, which is enforced from the moment it exceeds the minimum until it ends. It has no
 * clock and no thread; the caller passes times that never decrease. Every operation takes
 * logarithmic time in the table's size.
 */
final class PenaltyTable {
  private PenaltySettings settings;
  private int maxSources;
  private final Map<SourceNetwork, Entry> bySource = new HashMap<>();
  private final TreeSet<Entry> byExpiry =
      new TreeSet<>(
          Comparator.<Entry>comparingLong(entry -> entry.expiry)
              .thenComparingLong(entry -> entry.source.bits()));

  /** Enforced penalties that have ended, until {@link #takeEnded}. */
  private List<Ended> ended = new ArrayList<>();

  private static final class Entry {
    final SourceNetwork source;
    long expiry;
    boolean enforced;
    Misconduct last;
    long turnedAway;

    Entry(SourceNetwork source, long expiry, Misconduct last) {
      this.source = source;
      this.expiry = expiry;
      this.last = last;
    }
  }

  /** The consequence of a misconduct. */
  sealed interface Consequence {
    /** The source is not newly turned away. */
    record None() implements Consequence {}

    /**
     * The source is turned away from now on.
     *
     * @param nanos how long, if no further misconduct follows
     */
    record Enforced(long nanos) implements Consequence {}
  }

  /** Whether a source may connect. */
  sealed interface Standing {
    /** It may. */
    record Free() implements Standing {}

    /** It may not, because of its last misconduct. */
    record Penalised(Misconduct misconduct) implements Standing {}

    /** No source may, because the table is full. */
    record TableFull() implements Standing {}
  }

  /** Why an enforced penalty has ended. */
  enum End {
    SERVED,
    /** It was dropped to make room for others. */
    FORGOTTEN
  }

  /**
   * An enforced penalty that has ended.
   *
   * @param turnedAway the number of connections that it turned away
   */
  record Ended(SourceNetwork source, long turnedAway, End end) {}

  /**
   * @param maxSources most sources that are kept; at least 1
   */
  PenaltyTable(PenaltySettings settings, int maxSources) {
    this.settings = settings;
    this.maxSources = maxSources;
  }

  /** Applies new settings. Penalties that have begun continue. */
  void apply(PenaltySettings other, int otherMaxSources) {
    settings = other;
    maxSources = otherMaxSources;
  }

  /** Penalises a source; {@code now} is in nanoseconds since an arbitrary moment. */
  Consequence penalise(SourceNetwork source, Misconduct misconduct, long now) {
    long penalty = settings.durationOf(misconduct).toNanos();
    expire(now);
    Entry entry = bySource.get(source);
    // As in OpenSSH, a full table that denies all does not change known sources either.
    if (penalty <= 0 || isFull()) {
      return new Consequence.None();
    }
    if (entry == null) {
      entry = new Entry(source, now, misconduct);
      bySource.put(source, entry);
    } else {
      byExpiry.remove(entry);
    }
    entry.last = misconduct;
    // The maximum also applies to the first penalty; OpenSSH applies it only from the second.
    entry.expiry = Math.min(entry.expiry + penalty, now + settings.max().toNanos());
    byExpiry.add(entry);
    boolean begins = !entry.enforced && entry.expiry - now > settings.min().toNanos();
    entry.enforced |= begins;
    while (bySource.size() > maxSources) {
      remove(byExpiry.first(), End.FORGOTTEN);
    }
    return begins && bySource.containsKey(source)
        ? new Consequence.Enforced(entry.expiry - now)
        : new Consequence.None();
  }

  private boolean isFull() {
    return settings.overflow() == PenaltySettings.Overflow.DENY_ALL
        && bySource.size() >= maxSources;
  }

  /** Whether the source may connect. Counts the refusal if it may not. */
  Standing standing(SourceNetwork source, long now) {
    Standing standing = look(source, now);
    Entry entry = bySource.get(source);
    if (entry != null && standing instanceof Standing.Penalised) {
      entry.turnedAway++;
    }
    return standing;
  }

  /** Whether the source may connect; nothing is counted. */
  Standing look(SourceNetwork source, long now) {
    expire(now);
    if (isFull()) {
      return new Standing.TableFull();
    }
    Entry entry = bySource.get(source);
    return entry == null || !entry.enforced
        ? new Standing.Free()
        : new Standing.Penalised(entry.last);
  }

  /** Nanoseconds until the penalty of a source is over; 0 when it has none. */
  long left(SourceNetwork source, long now) {
    Entry entry = bySource.get(source);
    return entry == null ? 0 : Math.max(0, entry.expiry - now);
  }

  private void expire(long now) {
    while (!byExpiry.isEmpty() && byExpiry.first().expiry < now) {
      remove(byExpiry.first(), End.SERVED);
    }
  }

  private void remove(Entry entry, End how) {
    byExpiry.remove(entry);
    bySource.remove(entry.source);
    if (entry.enforced) {
      ended.add(new Ended(entry.source, entry.turnedAway, how));
    }
  }

  /** The enforced penalties that have ended, each once. */
  List<Ended> takeEnded(long now) {
    expire(now);
    List<Ended> taken = ended;
    ended = new ArrayList<>();
    return taken;
  }

  /** The number of connections that the source's penalty has turned away so far. */
  long turnedAway(SourceNetwork source) {
    Entry entry = bySource.get(source);
    return entry == null ? 0 : entry.turnedAway;
  }

  /** The number of sources in the table, whether their penalty is enforced or not. */
  int size() {
    return bySource.size();
  }
}
