package dev.sallyport.operations;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One reload at a time. Who asks while one runs gets the answer of the next, because the one that
 * runs may have read the file already; all who ask meanwhile share that next one. For all threads;
 * each reload runs on a virtual thread.
 */
public final class Reloads {
  private final Supplier<ReloadAnswer> reload;
  private Optional<CompletableFuture<ReloadAnswer>> next = Optional.empty();
  private boolean running;

  /**
   * @param reload does it; never throws
   */
  public Reloads(Supplier<ReloadAnswer> reload) {
    this.reload = reload;
  }

  /** Asks for one that begins from now on. Never waits. */
  public synchronized CompletableFuture<ReloadAnswer> request() {
    CompletableFuture<ReloadAnswer> asked = next.orElseGet(CompletableFuture::new);
    next = Optional.of(asked);
    if (!running) {
      Thread.ofVirtual().name("reload").start(this::run);
      // Not before: where no thread is granted, the next request tries again.
      running = true;
    }
    return asked;
  }

  private void run() {
    for (var asked = take(); asked.isPresent(); asked = take()) {
      try {
        asked.get().complete(reload.get());
      } catch (RuntimeException | Error bug) {
        asked.get().completeExceptionally(bug);
      }
    }
  }

  private synchronized Optional<CompletableFuture<ReloadAnswer>> take() {
    Optional<CompletableFuture<ReloadAnswer>> asked = next;
    next = Optional.empty();
    running = asked.isPresent();
    return asked;
  }
}
