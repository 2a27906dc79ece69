package dev.sallyport.channel;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A channel's place among those that its connection may have. The library's channel holds it, and
 * our thread from the time it runs; the place is free when both have ended. A closed channel counts
 * until the peer has confirmed the close, or a peer could accumulate them. For all threads.
 */
public final class ChannelPlace {
  private final AtomicInteger holders = new AtomicInteger(1);
  private final Runnable free;

  /**
   * Begins held by the library's channel.
   *
   * @param free called once, by the thread that lets go last
   */
  public ChannelPlace(Runnable free) {
    this.free = free;
  }

  /** One more holder, who calls {@link #letGo} once. */
  public void hold() {
    holders.incrementAndGet();
  }

  /** A holder has ended. */
  public void letGo() {
    if (holders.decrementAndGet() == 0) {
      free.run();
    }
  }
}
