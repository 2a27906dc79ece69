package dev.sallyport.gateway.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
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

  /** Bytes carried in each direction. */
  record Passed(long fromOne, long fromOther) {}

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
  Passed join() throws InterruptedException {
    long[] fromOther = {0};
    Thread back =
        Thread.ofVirtual()
            .name("pair")
            .start(() -> fromOther[0] = carry(other, one, seenFromOther));
    long fromOne = carry(one, other, seenFromOne);
    back.join();
    return new Passed(fromOne, fromOther[0]);
  }

  private static long carry(RelayEnd from, RelayEnd to, Consumer<ByteBuffer> seen) {
    long count = 0;
    try {
      for (Message message = from.take(Taker.RELAY);
          !(message instanceof Message.Closed);
          message = from.take(Taker.RELAY)) {
        switch (message) {
          case Message.Data data -> {
            seen.accept(ByteBuffer.wrap(data.bytes(), 0, data.count()));
            to.sendData(data.stream(), data.bytes(), 0, data.count());
            from.taken(data);
            count += data.count();
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
    return count;
  }
}
