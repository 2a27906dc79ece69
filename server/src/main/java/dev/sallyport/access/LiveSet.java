package dev.sallyport.access;

import dev.sallyport.model.OnceAMinute;
import dev.sallyport.transport.CarrierSlice;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * The set of what is live, such as all forwards. Runs actions on each of them, and waits for their
 * end. Safe for all threads.
 */
public final class LiveSet<T> {
  private static final Duration TICK = Duration.ofSeconds(1);

  private final Logger log;
  private final Supplier<CarrierSlice> slices;
  private final OnceAMinute faults = new OnceAMinute();
  private final Set<T> live = ConcurrentHashMap.newKeySet();

  /**
   * Begins empty.
   *
   * @param log for faults
   */
  public LiveSet(Logger log) {
    this(log, CarrierSlice::new);
  }

  /**
   * @param slices let other threads run, because each of thousands may be checked against a long
   *     list of rules
   */
  LiveSet(Logger log, Supplier<CarrierSlice> slices) {
    this.log = log;
    this.slices = slices;
  }

  public void add(T one) {
    live.add(one);
  }

  /** Removes one, and wakes threads that wait for that. */
  public void remove(T one) {
    live.remove(one);
    synchronized (live) {
      live.notifyAll();
    }
  }

  public int size() {
    return live.size();
  }

  /**
   * Runs the action on each of them. A fault with one is logged, and the others follow. This
   * includes an {@link Error}, which the JDK throws when the kernel grants no thread (TasksMax):
   * revocations must still work when it grants threads again.
   */
  public void forEach(Consumer<T> action) {
    forEach(one -> true, action);
  }

  /** As {@link #forEach(Consumer)}, with some of them. */
  public void forEach(Predicate<T> which, Consumer<T> action) {
    CarrierSlice slice = slices.get();
    for (T one : live) {
      long begin = System.nanoTime();
      try {
        if (which.test(one)) {
          action.accept(one);
        }
      } catch (RuntimeException | Error e) {
        faults.tell(more -> log.error("checking one of those that are live failed{}", more, e));
      }
      slice.used(System.nanoTime() - begin);
    }
  }

  /**
   * Runs the action on each of them every second, on a virtual thread, until that is interrupted.
   *
   * @param name of the thread
   * @param action must not wait, or it would delay the others
   */
  public Thread everySecond(String name, Consumer<T> action) {
    return Thread.ofVirtual()
        .name(name)
        .start(() -> {
          try {
            while (true) {
              Thread.sleep(TICK);
              forEach(action);
            }
          } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /**
   * Waits until the set is empty.
   *
   * @return false when {@code patience} has passed before
   */
  public boolean awaitNone(Duration patience) throws InterruptedException {
    return awaitNone(one -> true, patience);
  }

  /** As {@link #awaitNone(Duration)}, for some of them. */
  public boolean awaitNone(Predicate<T> which, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (live) {
      while (live.stream().anyMatch(which)) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return false;
        }
        live.wait(left);
      }
    }
    return true;
  }
}
