package dev.sallyport.forward;

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
 * What goes on at the moment, such as all forwards: asked one by one, and waited for until it is
 * over. Safe for all threads.
 */
public final class LiveSet<T> {
  private static final Duration TICK = Duration.ofSeconds(1);

  private final Logger log;
  private final Supplier<CarrierSlice> slices;
  private final OnceAMinute faults = new OnceAMinute();
  private final Set<T> live = ConcurrentHashMap.newKeySet();

  /**
   * With nothing in it.
   *
   * @param log hears of faults
   */
  public LiveSet(Logger log) {
    this(log, CarrierSlice::new);
  }

  /**
   * @param slices let other threads run: each of thousands is asked what a whole list of rules says
   */
  LiveSet(Logger log, Supplier<CarrierSlice> slices) {
    this.log = log;
    this.slices = slices;
  }

  /** It begins. */
  public void add(T one) {
    live.add(one);
  }

  /** It is over; whoever waits for that is told. */
  public void remove(T one) {
    live.remove(one);
    synchronized (live) {
      live.notifyAll();
    }
  }

  /** How many there are. */
  public int size() {
    return live.size();
  }

  /**
   * Does it with each of them; a fault with one is logged, and must not keep it from the others.
   * Nor must an {@link Error}: it is a thread that the kernel refuses (TasksMax), and rights that
   * are lost are to be seen when it grants some again.
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
        faults.tell(more -> log.error("a fault with one of what goes on{}", more, e));
      }
      slice.used(System.nanoTime() - begin);
    }
  }

  /**
   * Does it with each of them every second, on a virtual thread, until that is interrupted.
   *
   * @param name the thread's
   * @param action must not wait: it would hold up the others
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
   * Waits until there is none.
   *
   * @return whether that came true within {@code patience}
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
