package dev.sallyport.ssh;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.sshd.common.SshException;

/**
 * Keeps every thread for public keys busy until closed, so that all else waits; in rounds, between
 * which something else may have its turn.
 */
public final class BusyWork implements AutoCloseable {
  private final List<CountDownLatch> begun = new ArrayList<>();
  private final List<CountDownLatch> over = new ArrayList<>();
  private final List<PublicKeyWork.Job<Boolean>> jobs = new ArrayList<>();
  private int round;

  /** One round; returns when all threads are busy. */
  public BusyWork(PublicKeyWork work) throws SshException, InterruptedException {
    this(work, 1);
  }

  /** Returns when all threads are busy with the first round. */
  public BusyWork(PublicKeyWork work, int rounds) throws SshException, InterruptedException {
    for (int i = 0; i < rounds; i++) {
      CountDownLatch begins = new CountDownLatch(PublicKeyWork.THREADS);
      CountDownLatch ends = new CountDownLatch(1);
      begun.add(begins);
      over.add(ends);
      for (int thread = 0; thread < PublicKeyWork.THREADS; thread++) {
        jobs.add(
            work.submit(
                new Party.User("busy"),
                () -> {
                  begins.countDown();
                  ends.await();
                  return true;
                }));
      }
    }
    begun.getFirst().await();
  }

  /** Ends a round; returns when all threads are busy with the next one. */
  public void nextRound() throws InterruptedException {
    over.get(round++).countDown();
    begun.get(round).await();
  }

  /** Returns when they are free. */
  @Override
  public void close() {
    over.forEach(CountDownLatch::countDown);
    for (PublicKeyWork.Job<Boolean> job : jobs) {
      try {
        job.get();
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
