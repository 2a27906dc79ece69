package dev.sallyport.operations;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Runs one reload at a time. Requests during a reload share the next one, because the current one
 * may have read the file already. For all threads; each reload runs on a virtual thread.
 */
public final class Reloads {
  private final Supplier<ReloadAnswer> reload;
  private Optional<CompletableFuture<ReloadAnswer>> next = Optional.empty();
  private boolean running;

  /**
   * @param reload runs a reload; never throws
   */
  public Reloads(Supplier<ReloadAnswer> reload) {
    this.reload = reload;
  }

  /** Requests a reload that begins after this call. Never waits. */
  public synchronized CompletableFuture<ReloadAnswer> request() {
    CompletableFuture<ReloadAnswer> asked = next.orElseGet(CompletableFuture::new);
    next = Optional.of(asked);
    if (!running) {
      Thread.ofVirtual().name("reload").start(this::run);
      // Set only now: if no thread was granted, the next request tries again.
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
