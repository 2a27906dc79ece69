package dev.sallyport.ssh;

import dev.sallyport.model.TokenBucket;
import dev.sallyport.transport.KernelThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Executes all computation with public keys that clients and targets can cause: key exchanges,
 * signatures, and verification of keys and certificates. It takes milliseconds where other packets
 * take microseconds, and costs the other side nothing. So it is done by a few platform threads of
 * low priority, never by the carriers of virtual threads, and {@link Party parties} take turns. One
 * for the process; for all threads.
 */
public final class PublicKeyWork implements AutoCloseable {
  /** Most computations that wait; bounds memory. A connection has one at a time. */
  static final int MOST = 8192;

  /** The same for one source or user, which cannot fill the queue with many connections. */
  static final int MOST_OF_ONE = 512;

  /** Half of the processors; the other half is left for users' traffic. */
  static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  /**
   * Computations for unauthenticated clients in a second and for each thread, once the burst is
   * used up. A login needs one, and another when it shows a certificate. Without this bound, the
   * faster a flood of key exchanges is answered, the more of the processors it takes, with all that
   * an answer brings: another connection to accept, read, and end.
   */
  static final int UNAUTHENTICATED_PER_SECOND = 100;

  /**
   * Computations for unauthenticated clients, for each thread, that need not wait, as when many log
   * in at once.
   */
  static final int UNAUTHENTICATED_BURST = 200;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private final FairQueue<Job<?>> waiting = new FairQueue<>(MOST, MOST_OF_ONE);
  private final TokenBucket unauthenticated =
      new TokenBucket(
          TokenBucket.Rate.perSecond(
              UNAUTHENTICATED_PER_SECOND * THREADS, UNAUTHENTICATED_BURST * THREADS),
          System.nanoTime());
  private boolean closed;

  private final AtomicLong computed = new AtomicLong();
  private final KeyExchangeRates rates = new KeyExchangeRates();

  /** Starts all threads at once, while the kernel grants them; {@link #close} ends them. */
  public PublicKeyWork() {
    for (int i = 0; i < THREADS; i++) {
      new Worker(this).start();
    }
  }

  /** One of the threads, with the packets of its computation. */
  private static final class Worker extends Thread {
    private final PublicKeyWork work;
    private List<Buffer> packets = new ArrayList<>();

    Worker(PublicKeyWork work) {
      super("public-keys");
      setDaemon(true);
      this.work = work;
    }

    @Override
    public void run() {
      KernelThreads.lowerPriority();
      Optional<Job<?>> job = work.next();
      while (job.isPresent()) {
        work.computed.incrementAndGet();
        job.get().run();
        job = work.next();
      }
    }
  }

  /** The result of a computation, and its packets. */
  record Done<T>(T value, List<Buffer> packets) {}

  /** A computation. */
  static final class Job<T> extends FutureTask<Done<T>> {
    private final Party party;

    Job(Party party, Callable<T> task) {
      super(() -> {
        // A new list, because a failed computation leaves its packets behind.
        List<Buffer> packets = new ArrayList<>();
        ((Worker) Thread.currentThread()).packets = packets;
        return new Done<>(task.call(), packets);
      });
      this.party = party;
    }
  }

  /**
   * Keeps a packet of a computation for the thread that waits for it, because a write waits when
   * the peer does not read.
   *
   * @return false when the calling thread is none of these threads, and may send the packet itself
   */
  static boolean keeps(Buffer packet) {
    return Thread.currentThread() instanceof Worker worker && worker.packets.add(packet);
  }

  KeyExchangeRates rates() {
    return rates;
  }

  /**
   * Queues a computation.
   *
   * @throws SshException when too many wait already, or the bastion stops
   */
  <T> Job<T> submit(Party party, Callable<T> task) throws SshException {
    Job<T> job = new Job<>(party, task);
    lock.lock();
    try {
      if (closed) {
        throw new SshException(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, "the bastion stops");
      }
      if (!waiting.add(party, job)) {
        throw new SshException(
            SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS,
            "too many key exchanges at once; try again later");
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
    return job;
  }

  /** Cancels a computation that is not needed any more. One that has begun continues. */
  void withdraw(Job<?> job) {
    lock.lock();
    try {
      waiting.remove(job.party, job);
    } finally {
      lock.unlock();
    }
    job.cancel(false);
  }

  /** The number of computations that wait. */
  public int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** The number of computations begun so far. */
  public long computed() {
    return computed.get();
  }

  /**
   * Waits for the next computation in turn; empty after {@link #close}. While unauthenticated
   * clients have used up their rate, only users have turns.
   */
  private Optional<Job<?>> next() {
    lock.lock();
    try {
      while (waiting.size() > 0 || !closed) {
        long wait = 0;
        if (waiting.isUnauthenticatedNext() && !closed) {
          wait = unauthenticated.takeOrWait(1, System.nanoTime());
        }
        Optional<Job<?>> job = wait == 0 ? waiting.next() : waiting.nextOfUsers();
        if (job.isPresent()) {
          return job;
        }
        if (wait == 0) {
          changed.awaitUninterruptibly();
        } else {
          try {
            var _ = changed.awaitNanos(wait);
          } catch (InterruptedException e) {
            // Left behind by a computation; nothing else interrupts these threads.
          }
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the threads after all waiting computations. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
