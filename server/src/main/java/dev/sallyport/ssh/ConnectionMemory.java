package dev.sallyport.ssh;

import dev.sallyport.memory.MemoryHold;
import dev.sallyport.transport.ReadGrowth;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;

/**
 * The memory of one connection besides its channels, reserved in its user's share before it is
 * used: partial packets, the peer's proposal of algorithms, and answers that wait for a key
 * exchange. Before a login there is no share; the memory of unauthenticated clients is bounded by
 * their number. Safe for all threads; never waits.
 */
public final class ConnectionMemory implements ReadGrowth {
  /**
   * Memory of a connection without channels, in bytes: the library's session and its ciphers, a
   * read buffer of 16 KiB, and a few answers that wait for a key exchange. It is reserved in
   * advance, so that open connections keep working when the user's share is used up.
   */
  public static final long IDLE = 72 * 1024;

  /** Size of partial packets for which nothing more is reserved. */
  private static final int SMALL = 32 * 1024;

  /** Buffer for the largest packet without its last byte, and a read of 16 KiB after it. */
  private static final int ONE_PACKET = 64 * 1024;

  /**
   * The peer's proposal is kept as bytes and, twice, as text, which may take two bytes a character.
   */
  private static final long COPIES_OF_A_PROPOSAL = 5;

  /** Size of a stock client's proposal, which is part of {@link #IDLE}. */
  private static final int USUAL_PROPOSAL = 3 * 1024;

  /** Characters of a banner that are part of {@link #IDLE}. */
  private static final int USUAL_BANNER = 8 * 1024;

  /** A banner is kept as text, and once more while it is made fit to be shown. */
  private static final long COPIES_OF_A_BANNER = 4;

  /** Size of waiting answers that is part of {@link #IDLE}. */
  private static final long USUAL_ANSWERS = 8 * 1024;

  /** Memory of a waiting answer besides its bytes. */
  private static final long WAITING_ANSWER = 512;

  private Optional<MemoryHold> hold = Optional.empty();
  private boolean over;
  private long packets;
  private long reads;
  private long proposal;
  private long banner;
  private long answers;
  private long reservedForAnswers;

  /**
   * Reserves all memory from now on.
   *
   * @param memory holds {@link #unreserved}, and {@link #IDLE} unless that is reserved elsewhere;
   *     closed by {@link #end}, or at once when the connection has ended already
   */
  public synchronized void begin(MemoryHold memory) {
    hold = Optional.of(memory);
    if (over) {
      memory.close();
    }
  }

  /**
   * Memory in use beyond {@link #IDLE} that is not reserved, because the client had not logged in.
   */
  public synchronized long unreserved() {
    return hold.isPresent() ? 0 : packets + proposal;
  }

  /** The connection has ended: releases everything, and reserves nothing any more. */
  public synchronized void end() {
    over = true;
    hold.ifPresent(MemoryHold::close);
  }

  /**
   * Reserves memory for a partial packet of that size. The library's buffer grows in powers of two
   * and does not shrink.
   *
   * @throws SshException when there is no memory; that ends the connection
   */
  public synchronized void packets(int bytes) throws SshException {
    if (!reservePackets(bytes)) {
      throw refusal();
    }
  }

  /** Reserves memory for packets of data. If false, the connection must not have channels. */
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
   * Reserves memory for the peer's proposal of algorithms (RFC 4253, section 7.1), which is kept
   * until the next one.
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

  /**
   * The peer shows a text before the login (RFC 4252, section 5.4), which is kept for the user.
   *
   * @param characters of all that it has shown
   * @throws SshException when there is no memory; that ends the connection
   */
  public synchronized void banner(int characters) throws SshException {
    long needed = characters <= USUAL_BANNER ? 0 : COPIES_OF_A_BANNER * characters;
    if (needed > banner) {
      if (!reserve(needed - banner)) {
        throw refusal();
      }
      banner = needed;
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

  /** Releases the memory of waiting answers. */
  synchronized void noneWaits() {
    long waited = reservedForAnswers;
    answers = 0;
    reservedForAnswers = 0;
    if (!over) {
      hold.ifPresent(memory -> memory.give(waited));
    }
  }

  /**
   * Reserves memory for the read, and for the packet buffer that grows with it, until the
   * connection ends.
   */
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

  /** Why there is no memory, escaped. */
  synchronized String refusalText() {
    return hold.map(memory -> memory.share().refusal()).orElse("there is no memory");
  }

  private SshException refusal() {
    return new SshException(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, refusalText());
  }
}
