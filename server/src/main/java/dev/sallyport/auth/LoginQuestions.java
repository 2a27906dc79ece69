package dev.sallyport.auth;

import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/**
 * The questions of logins that one plugin answers at the moment. They run on the threads of
 * unauthenticated connections. A connection that ends gives its place at the gate to another, but
 * its thread stays in a plugin that never returns: without a bound such a plugin, or a file system
 * under it that hangs, gathers threads until there are none for anybody. For all threads.
 */
final class LoginQuestions {
  /**
   * More than clients may be unauthenticated by default, so that only questions without an answer
   * ever get there.
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
