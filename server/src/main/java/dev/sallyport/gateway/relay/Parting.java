package dev.sallyport.gateway.relay;

import dev.sallyport.ssh.ServerConnection;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Ends a session on a target when the client has left or the bastion ends it. A peer that does not
 * read its connection blocks the thread that writes to it, and so keeps the session and its
 * recording open. After a timeout its connection is cut. For all threads; nothing here waits.
 */
final class Parting {
  /** Timeout for writes that are in progress when a session ends. */
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

  /** Starts the timeout. Calls after the first have no effect. */
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

  /** Closes the target's channel, or its program would continue. Nothing more is sent to it. */
  void closeTarget() {
    Thread.ofVirtual().name("close-target").start(() -> target.close(false));
  }

  /** Stops the timeout: the session and its recording have ended. */
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
