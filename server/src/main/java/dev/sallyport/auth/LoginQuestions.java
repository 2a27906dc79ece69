package dev.sallyport.auth;

import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/**
 * The logins that one plugin is being asked about. They run on the threads of unauthenticated
 * connections. When a connection ends, its place is free for another, but its thread stays in a
 * plugin that never returns. Without a bound, such a plugin, or a file system that hangs, would
 * take all threads. For all threads.
 */
final class LoginQuestions {
  /**
   * Most questions at a time. By default fewer clients may be unauthenticated, so only unanswered
   * questions of clients that have left can reach it.
   */
  static final int MOST = 256;

  private final Semaphore places = new Semaphore(MOST);

  /**
   * Asks, on the calling thread.
   *
   * @throws RejectedExecutionException when there are too many
   */
  <T> T ask(Callable<T> question) throws Exception {
    if (!places.tryAcquire()) {
      throw new RejectedExecutionException(MOST + " logins already wait for its answer");
    }
    try {
      return question.call();
    } finally {
      places.release();
    }
  }
}
