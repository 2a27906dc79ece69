package dev.sallyport.ssh;

import dev.sallyport.memory.MemoryHold;
import dev.sallyport.transport.ReadGrowth;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;

/**
 * The memory that one connection keeps beside its channels, taken from its user's share before it
 * is used: what has come of a packet, what the peer proposes for the keys, and answers that wait
 * for a key exchange. Before a login there is no share to take it from; what unauthenticated
 * clients keep is bounded by their number. Safe for all threads; never waits.
 */
public final class ConnectionMemory implements ReadGrowth {
  /**
   * A connection without a channel, in bytes: the library's session and its ciphers, a read of 16
   * KiB and the small packets in it, and a few answers that wait for a key exchange: so that a user
   * whose share is used up goes on with what is open.
   */
  public static final long IDLE = 72 * 1024;

  /** What may come of packets before more is reserved. */
  private static final int SMALL = 32 * 1024;

  /** A read of 16 KiB behind the largest packet but for its last byte. */
  private static final int ONE_PACKET = 64 * 1024;

  /** The peer's proposal is kept as bytes and, twice, as text, which may take two bytes for one. */
  private static final long COPIES_OF_A_PROPOSAL = 5;

  /** A proposal that is part of {@link #IDLE}: what stock programs send. */
  private static final int USUAL_PROPOSAL = 3 * 1024;

  /** Answers that wait and are part of {@link #IDLE}. */
  private static final long USUAL_ANSWERS = 8 * 1024;

  /** What an answer that waits costs beside its bytes. */
  private static final long WAITING_ANSWER = 512;

  private Optional<MemoryHold> hold = Optional.empty();
  private boolean over;
  private long packets;
  private long reads;
  private long proposal;
  private long answers;
  private long reservedForAnswers;

  /**
   * From now on all of it is reserved.
   *
   * @param memory with {@link #unreserved}, and with {@link #IDLE} unless that is reserved
   *     elsewhere; closed by {@link #end}, and at once when that came before
   */
  public synchronized void begin(MemoryHold memory) {
    hold = Optional.of(memory);
    if (over) {
      memory.close();
    }
  }

  /** What is kept by now beside {@link #IDLE} and not reserved, because nobody had logged in. */
  public synchronized long unreserved() {
    return hold.isPresent() ? 0 : packets + proposal;
  }

  /** The connection is over: gives everything back, and reserves nothing any more. */
  public synchronized void end() {
    over = true;
    hold.ifPresent(MemoryHold::close);
  }

  /**
   * So much of packets is kept until the rest comes. The library's buffer grows in powers of two
   * and does not shrink.
   *
   * @throws SshException when there is no memory; that ends the connection
   */
  public synchronized void packets(int bytes) throws SshException {
    if (!reservePackets(bytes)) {
      throw refusal();
    }
  }

  /** Whether the connection may have channels, and so packets of data. */
  public synchronized boolean mayHaveChannels() {
    return reservePackets(ONE_PACKET);
  }

  private boolean reservePackets(int bytes) {
    long needed = bytes <= SMALL ? 0 : powerOfTwo(bytes);
    if (needed > packets) {
      if (!reserve(needed - packets)) {
        return false;
      }
      packets = needed;
    }
    return true;
  }

  private static long powerOfTwo(int atLeast) {
    return Integer.highestOneBit(Math.max(1, atLeast - 1)) * 2L;
  }

  /**
   * The peer proposes algorithms (RFC 4253, section 7.1), which are kept until it proposes others.
   *
   * @throws SshException when there is no memory; that ends the connection
   */
  public synchronized void proposal(int bytes) throws SshException {
    long needed = bytes <= USUAL_PROPOSAL ? 0 : COPIES_OF_A_PROPOSAL * bytes;
    if (needed > proposal) {
      if (!reserve(needed - proposal)) {
        throw refusal();
      }
      proposal = needed;
    }
  }

  /** Whether one more answer may wait for the end of a key exchange. */
  synchronized boolean mayWait(int bytes) {
    answers += WAITING_ANSWER + bytes;
    long more = answers - USUAL_ANSWERS - reservedForAnswers;
    if (hold.isEmpty() || more <= 0) {
      return true;
    }
    if (!reserve(more)) {
      return false;
    }
    reservedForAnswers += more;
    return true;
  }

  /** No answer waits any more. */
  synchronized void noneWaits() {
    long waited = reservedForAnswers;
    answers = 0;
    reservedForAnswers = 0;
    if (!over) {
      hold.ifPresent(memory -> memory.give(waited));
    }
  }

  /** With the packet buffer that such reads lead to; neither is given back before the end. */
  @Override
  public synchronized boolean mayReadAtOnce(int bytes) {
    long buffer = Math.max(packets, powerOfTwo(bytes + MessageOrder.LARGEST_PACKET));
    long more = Math.max(0, bytes - reads) + buffer - packets;
    if (over || hold.isEmpty() || !hold.get().addExtra(more)) {
      return false;
    }
    reads = Math.max(reads, bytes);
    packets = buffer;
    return true;
  }

  private boolean reserve(long bytes) {
    return hold.isEmpty() || (!over && hold.get().add(bytes));
  }

  /** Why there is no memory; fit to be shown. */
  synchronized String refusalText() {
    return hold.map(memory -> memory.share().refusal()).orElse("there is no memory");
  }

  private SshException refusal() {
    return new SshException(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, refusalText());
  }
}
