package dev.sallyport.connection;

import dev.sallyport.model.SourceNetwork;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The penalties of one address family, as OpenSSH keeps them (srclimit.c): each misconduct adds its
 * time; what does not add up to more than the minimum before it is over is forgotten; once more
 * than that, it is enforced until it is over. Knows no clock and no thread: its owner has both, and
 * times only ever grow. Every operation takes the logarithm of the table's size, and each entry
 * that is over is looked at once.
 */
final class PenaltyTable {
  private PenaltySettings settings;
  private int maxSources;
  private final Map<SourceNetwork, Entry> bySource = new HashMap<>();
  private final TreeSet<Entry> byExpiry =
      new TreeSet<>(
          Comparator.<Entry>comparingLong(entry -> entry.expiry)
              .thenComparingLong(entry -> entry.source.bits()));

  /** Penalties that were enforced and are over, until somebody asks. */
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

  /** What a misconduct brought. */
  sealed interface Consequence {
    /** Nothing that is enforced now and was not before. */
    record None() implements Consequence {}

    /**
     * From now on the source is turned away.
     *
     * @param nanos for how long, if it does nothing more
     */
    record Enforced(long nanos) implements Consequence {}
  }

  /** Whether a source may connect. */
  sealed interface Standing {
    /** It may. */
    record Free() implements Standing {}

    /** It may not, for what it did last. */
    record Penalised(Misconduct misconduct) implements Standing {}

    /** It may not, and nobody may: there are too many who misbehave. */
    record TableFull() implements Standing {}
  }

  /** Why a penalty that was enforced is no more. */
  enum End {
    SERVED,
    /** It had to make room for others. */
    FORGOTTEN
  }

  /**
   * A penalty that was enforced is over.
   *
   * @param turnedAway connections meanwhile
   */
  record Ended(SourceNetwork source, long turnedAway, End end) {}

  /**
   * @param maxSources how many it keeps; at least 1
   */
  PenaltyTable(PenaltySettings settings, int maxSources) {
    this.settings = settings;
    this.maxSources = maxSources;
  }

  /** From now on; penalties that began go on. */
  void apply(PenaltySettings other, int otherMaxSources) {
    settings = other;
    maxSources = otherMaxSources;
  }

  /** A source did what it should not; {@code now} is in nanoseconds since any moment. */
  Consequence penalise(SourceNetwork source, Misconduct misconduct, long now) {
    long penalty = settings.durationOf(misconduct).toNanos();
    expire(now);
    Entry entry = bySource.get(source);
    // As OpenSSH: a full table that denies all leaves even known sources as they are.
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
    // Also a first one is held to the maximum, which OpenSSH does only from the second on.
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

  /** Whether the source may connect; one that may not is counted. */
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

  /** The penalties that were enforced and are over, each once. */
  List<Ended> takeEnded(long now) {
    expire(now);
    List<Ended> taken = ended;
    ended = new ArrayList<>();
    return taken;
  }

  /** Connections of this source that were turned away by its penalty so far. */
  long turnedAway(SourceNetwork source) {
    Entry entry = bySource.get(source);
    return entry == null ? 0 : entry.turnedAway;
  }

  /** Sources that are kept, whether their penalty is enforced or not. */
  int size() {
    return bySource.size();
  }
}
