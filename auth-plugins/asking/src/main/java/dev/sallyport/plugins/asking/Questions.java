package dev.sallyport.plugins.asking;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Asks a source that may hang, for many threads. Equal questions at one time are asked once.
 * Answers are remembered for a while, and in an outage those that let somebody in for longer.
 * Whoever asks waits for a bounded time; a source that hangs takes a few threads of ours and nobody
 * else's time. Safe for all threads.
 *
 * @param <Q> a question, a value with {@code equals}
 * @param <A> an answer, immutable
 */
public final class Questions<Q, A> implements AutoCloseable {
  private final Terms terms;
  private final Source<Q, A> source;
  private final LongSupplier nanoTime;
  private final Memory<Q, A> memory;
  private final Outage outage;
  private final Lanes lanes;
  private final Map<Q, Flight<A>> flights = new ConcurrentHashMap<>();

  /** A question on its way: it waits for its turn, then the source has it, then it lands. */
  private static final class Flight<A> extends CompletableFuture<A> {
    private volatile OptionalLong begun = OptionalLong.empty();

    /** How long the source has had it. */
    Duration held(long now) {
      OptionalLong since = begun;
      return since.isPresent() ? Duration.ofNanos(now - since.getAsLong()) : Duration.ZERO;
    }
  }

  /**
   * @param knows whether an answer lets somebody in
   * @param nanoTime {@link System#nanoTime()}, or a test's
   */
  public Questions(Terms terms, Source<Q, A> source, Predicate<A> knows, LongSupplier nanoTime) {
    this(terms, source, knows, nanoTime, new Lanes(terms.name()));
  }

  Questions(
      Terms terms, Source<Q, A> source, Predicate<A> knows, LongSupplier nanoTime, Lanes lanes) {
    this.terms = terms;
    this.source = source;
    this.nanoTime = nanoTime;
    this.memory = new Memory<>(knows);
    this.outage = new Outage(terms.pause().toNanos());
    this.lanes = lanes;
  }

  /**
   * The answer.
   *
   * @param fresh how old it may be without asking again
   * @throws CannotTellException when there is none within the terms, or the source threw it
   * @throws Exception what the source threw
   */
  public A ask(Q question, Duration fresh) throws Exception {
    long now = nanoTime.getAsLong();
    Optional<A> young = young(question, now, fresh);
    if (young.isPresent()) {
      return young.get();
    }
    Optional<A> old =
        memory
            .known(question)
            .filter(kept -> now - kept.at() < terms.stale().toNanos())
            .map(Memory.Kept::answer);
    Optional<String> reason = outage.reason();
    if (reason.isPresent()) {
      boolean mayLook = outage.claimTry(now);
      if (old.isPresent()) {
        if (mayLook) {
          Flight<A> _ = flight(question, now, fresh);
        }
        return old.get();
      }
      if (!mayLook) {
        throw new CannotTellException(reason.get());
      }
    }
    return await(flight(question, now, fresh), old);
  }

  private Optional<A> young(Q question, long now, Duration fresh) {
    return memory
        .any(question)
        .filter(kept -> now - kept.at() < fresh.toNanos())
        .map(Memory.Kept::answer);
  }

  private A await(Flight<A> flight, Optional<A> old) throws Exception {
    // Patience with a source that hangs is for the first who asks, not for each.
    Duration wait =
        old.isPresent() ? terms.patience().minus(flight.held(nanoTime.getAsLong())) : terms.whole();
    try {
      return flight.get(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException slow) {
      if (old.isPresent()) {
        return old.get();
      }
      String why = noAnswerWithin(wait);
      // Strangers can make the queue long: the source is to blame if it had most of the time.
      long now = nanoTime.getAsLong();
      if (flight.held(now).compareTo(wait.dividedBy(2)) >= 0) {
        outage.failed(now, why);
      }
      throw new CannotTellException(why);
    } catch (ExecutionException failed) {
      if (old.isPresent()) {
        return old.get();
      }
      if (failed.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw failed;
    }
  }

  private Flight<A> flight(Q question, long now, Duration fresh) {
    Flight<A> mine = new Flight<>();
    Flight<A> flying =
        flights.merge(question, mine, (before, next) -> isOverdue(before, now) ? next : before);
    if (flying != mine) {
      return flying;
    }
    // The one before may have landed since we looked.
    Optional<A> young = young(question, now, fresh);
    if (young.isPresent()) {
      flights.remove(question, mine);
      mine.complete(young.get());
      return mine;
    }
    Executor lane = memory.known(question).isPresent() ? lanes.known() : lanes.strangers();
    try {
      lane.execute(() -> fly(question, now, mine));
    } catch (RejectedExecutionException full) {
      land(question, mine, new CannotTellException("too many questions wait for an answer"));
    } catch (OutOfMemoryError noThread) {
      // So the JDK calls it when the kernel grants no more; the next one who asks tries again.
      land(question, mine, new CannotTellException("there was no thread to ask on"));
    }
    return mine;
  }

  /**
   * Whether the source has kept it for longer than it may. Then nobody joins it any more: all who
   * ask the same would wait for what may never land.
   */
  private boolean isOverdue(Flight<A> flight, long now) {
    boolean overdue = flight.held(now).compareTo(terms.whole()) >= 0;
    if (overdue) {
      outage.failed(now, noAnswerWithin(terms.whole()));
    }
    return overdue;
  }

  private static String noAnswerWithin(Duration time) {
    return "there was no answer within " + time.toMillis() + " ms";
  }

  private void fly(Q question, long asked, Flight<A> flight) {
    long begin = nanoTime.getAsLong();
    if (begin - asked > terms.whole().toNanos()) {
      // Whoever asked has gone; after a hang these would be a long queue of them.
      land(question, flight, new CannotTellException("the question waited too long for its turn"));
      return;
    }
    flight.begun = OptionalLong.of(begin);
    try {
      A answer = source.ask(question);
      memory.keep(question, new Memory.Kept<>(answer, begin));
      outage.over();
      flights.remove(question, flight);
      flight.complete(answer);
    } catch (NoAnswerException ofThisQuestion) {
      outage.over();
      land(question, flight, ofThisQuestion);
    } catch (Exception | Error failed) {
      outage.failed(nanoTime.getAsLong(), String.valueOf(failed.getMessage()));
      land(question, flight, failed);
    }
  }

  private void land(Q question, Flight<A> flight, Throwable why) {
    flights.remove(question, flight);
    flight.completeExceptionally(why);
  }

  /** Ends the threads, and the waiting. */
  @Override
  public void close() {
    lanes.close();
    flights.forEach(
        (question, flight) -> land(question, flight, new CannotTellException("it was closed")));
  }
}
