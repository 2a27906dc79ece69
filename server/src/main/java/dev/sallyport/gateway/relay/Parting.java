package dev.sallyport.gateway.relay;

import dev.sallyport.ssh.ServerConnection;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The end of a session on a target that comes from elsewhere than the target: its client is gone,
 * or the bastion ends it. Who reads nothing of its connection holds the thread that writes to it,
 * and with it the session and its record; so after a while its connection is cut. For all threads;
 * nothing here waits.
 */
final class Parting {
  /** For what is on its way when a session ends. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final String DEAF = "the %s did not read, and its session had to end";

  private final RelayEnd client;
  private final RelayEnd target;
  private final Consumer<String> cutTarget;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CountDownLatch over = new CountDownLatch(1);

  /**
   * @param cutTarget ends the whole connection to the target, for that reason; must not wait
   */
  Parting(RelayEnd client, RelayEnd target, Consumer<String> cutTarget) {
    this.client = client;
    this.target = target;
    this.cutTarget = cutTarget;
  }

  /** From now on nobody is waited for long. Calls after the first change nothing. */
  void begin() {
    if (begun.compareAndSet(false, true)) {
      client.wakeSender();
      closeTarget();
      Thread.ofVirtual().name("end-session").start(this::cutWhoDoesNotRead);
    }
  }

  boolean hasBegun() {
    return begun.get();
  }

  /** The target is told, or what it runs would go on; nothing more is sent to it. */
  void closeTarget() {
    Thread.ofVirtual().name("close-target").start(() -> target.close(false));
  }

  /** Nobody is held up any more: the session has ended, and its record. */
  void over() {
    over.countDown();
  }

  private void cutWhoDoesNotRead() {
    try {
      while (!over.await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        if (target.isWriting()) {
          cutTarget.accept(DEAF.formatted("target"));
        }
        if (client.isWriting()) {
          ((ServerConnection) client.getSession()).endSoon(DEAF.formatted("client"));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
