package dev.sallyport.gateway.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins two channels that carry only bytes, such as a forward inside a recorded connection. One
 * thread for each direction; an end of data in one direction is passed on.
 */
final class ChannelPair {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  private final RelayEnd one;
  private final RelayEnd other;
  private final Consumer<ByteBuffer> seenFromOne;
  private final Consumer<ByteBuffer> seenFromOther;

  private final AtomicLong fromOne = new AtomicLong();
  private final AtomicLong fromOther = new AtomicLong();

  ChannelPair(RelayEnd one, RelayEnd other) {
    this(one, other, bytes -> {}, bytes -> {});
  }

  /**
   * @param seenFromOne is given what the first channel sends, before it is sent on; must not change
   *     it
   * @param seenFromOther the same for the second channel
   */
  ChannelPair(
      RelayEnd one,
      RelayEnd other,
      Consumer<ByteBuffer> seenFromOne,
      Consumer<ByteBuffer> seenFromOther) {
    this.one = one;
    this.other = other;
    this.seenFromOne = seenFromOne;
    this.seenFromOther = seenFromOther;
  }

  /** Carries until both channels have ended, on the calling thread and a second one. */
  void join() throws InterruptedException {
    Thread back =
        Thread.ofVirtual().name("pair").start(() -> carry(other, one, seenFromOther, fromOther));
    carry(one, other, seenFromOne, fromOne);
    back.join();
  }

  /** Bytes carried from the first channel so far. */
  long bytesFromOne() {
    return fromOne.get();
  }

  /** Bytes carried from the second channel so far. */
  long bytesFromOther() {
    return fromOther.get();
  }

  private static void carry(
      RelayEnd from, RelayEnd to, Consumer<ByteBuffer> seen, AtomicLong count) {
    try {
      for (Message message = from.take(Taker.RELAY);
          !(message instanceof Message.Closed);
          message = from.take(Taker.RELAY)) {
        switch (message) {
          case Message.Data data -> {
            seen.accept(ByteBuffer.wrap(data.bytes(), 0, data.count()));
            to.sendData(data.stream(), data.bytes(), 0, data.count());
            from.taken(data);
            count.addAndGet(data.count());
          }
          case Message.Eof end -> to.sendEndOfData();
          case Message.Request request -> {
            if (request.wantReply()) {
              from.sendReply(false);
            }
          }
          case Message.Reply unasked -> {}
          case Message.Closed closed -> {}
        }
      }
    } catch (IOException e) {
      LOG.debug("one end of a pair of channels left", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      to.close(false);
    }
  }
}
