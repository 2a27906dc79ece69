package dev.sallyport.plugins.asking;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The last answers. Those that let somebody in are kept apart from the others, so that strangers
 * who try names push out nobody but strangers. Safe for all threads.
 */
final class Memory<Q, A> {
  /** Most answers that let somebody in. */
  private static final int MOST_KNOWN = 10_000;

  /**
   * Most other answers: a stranger who tries a name over and over asks for it once only. Few,
   * because a question may hold a key of 12 KiB that the stranger chose.
   */
  private static final int MOST_UNKNOWN = 1_000;

  private final Predicate<A> knows;
  private final Map<Q, Kept<A>> known = new Bounded<>(MOST_KNOWN);
  private final Map<Q, Kept<A>> unknown = new Bounded<>(MOST_UNKNOWN);

  Memory(Predicate<A> knows) {
    this.knows = knows;
  }

  /**
   * An answer.
   *
   * @param at when it was asked for, by the clock of {@link System#nanoTime()}
   */
  record Kept<A>(A answer, long at) {}

  synchronized Optional<Kept<A>> known(Q question) {
    return Optional.ofNullable(known.get(question));
  }

  synchronized Optional<Kept<A>> any(Q question) {
    Kept<A> kept = known.get(question);
    return Optional.ofNullable(kept == null ? unknown.get(question) : kept);
  }

  /** Unless there is one that was asked for later: this one was long on its way. */
  synchronized void keep(Q question, Kept<A> kept) {
    if (any(question).filter(other -> other.at() - kept.at() > 0).isPresent()) {
      return;
    }
    known.remove(question);
    unknown.remove(question);
    (knows.test(kept.answer()) ? known : unknown).put(question, kept);
  }

  private static final class Bounded<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;
    private final int most;

    Bounded(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > most;
    }
  }
}
