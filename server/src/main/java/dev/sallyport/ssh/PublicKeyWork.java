package dev.sallyport.ssh;

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
 * All computation with public keys that clients and targets can cause: key exchanges, signatures,
 * and the keys and certificates that are verified. It takes milliseconds where other packets take
 * microseconds, and the other side need not compute anything for it. So it is done by a few
 * platform threads that the kernel prefers all others to, never on the carriers of virtual threads,
 * and in turn by {@link Party}. One for the process; for all threads.
 */
public final class PublicKeyWork implements AutoCloseable {
  /** Computations that wait, at most: bounds memory. A connection has one at a time. */
  static final int MOST = 8192;

  /** The same of one source or user: somebody with many connections cannot fill the queue. */
  static final int MOST_OF_ONE = 512;

  /** Half of the processors, so that the other half is there for what users carry. */
  static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private final FairQueue<Job<?>> waiting = new FairQueue<>(MOST, MOST_OF_ONE);
  private boolean closed;

  private final AtomicLong computed = new AtomicLong();
  private final KeyExchangeRates rates = new KeyExchangeRates();

  /** Starts its threads now, when the kernel still grants them; {@link #close} ends them. */
  public PublicKeyWork() {
    for (int i = 0; i < THREADS; i++) {
      new Worker(this).start();
    }
  }

  /** One of the threads, with the packets that its computation has made. */
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

  /** What a computation gave, and the packets that it wanted to send. */
  record Done<T>(T value, List<Buffer> packets) {}

  /** A computation that waits, or is done. */
  static final class Job<T> extends FutureTask<Done<T>> {
    private final Party party;

    Job(Party party, Callable<T> task) {
      super(() -> {
        // A list of its own: a computation that fails leaves what it wanted to send behind.
        List<Buffer> packets = new ArrayList<>();
        ((Worker) Thread.currentThread()).packets = packets;
        return new Done<>(task.call(), packets);
      });
      this.party = party;
    }
  }

  /**
   * Keeps a packet that a computation wants to send; for the thread that waits for the computation,
   * because whoever does not read lets writers wait.
   *
   * @return false when the calling thread does not compute here, and may send the packet itself
   */
  static boolean keeps(Buffer packet) {
    return Thread.currentThread() instanceof Worker worker && worker.packets.add(packet);
  }

  KeyExchangeRates rates() {
    return rates;
  }

  /**
   * Lets a computation wait for its turn.
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

  /** Takes back a computation that nobody waits for any more; one that has begun goes on. */
  void withdraw(Job<?> job) {
    lock.lock();
    try {
      waiting.remove(job.party, job);
    } finally {
      lock.unlock();
    }
    job.cancel(false);
  }

  /** Computations that wait for their turn. */
  public int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Computations that were begun so far. */
  public long computed() {
    return computed.get();
  }

  /** Waits for the computation whose turn it is; none when nothing follows any more. */
  private Optional<Job<?>> next() {
    lock.lock();
    try {
      Optional<Job<?>> job = waiting.next();
      while (job.isEmpty() && !closed) {
        changed.awaitUninterruptibly();
        job = waiting.next();
      }
      return job;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the threads when what waits is done. */
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
