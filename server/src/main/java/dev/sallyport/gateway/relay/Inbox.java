package dev.sallyport.gateway.relay;

import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.channel.ReceiveWindow;
import dev.sallyport.gateway.relay.Message.Stream;
import dev.sallyport.memory.MemoryShare;
import java.net.ProtocolException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Messages that one end of a relay has received and the relay has not taken yet. The thread that
 * reads the connection adds to it and never waits; the relay's thread takes from it. Data is
 * bounded by the window that the peer was given ({@link ReceiveWindow}); everything else is bounded
 * in number.
 */
final class Inbox {
  /**
   * Most requests and replies that wait; bounds memory. No ordinary peer sends as many before it
   * gets an answer.
   */
  static final int MOST_WAITING = 4096;

  /** Longest arguments of a request, in bytes; bounds memory. Commands are shorter. */
  static final int LONGEST_REQUEST = 256 * 1024;

  /**
   * Most pieces of data that wait. A peer that alternates between the streams makes each byte a
   * piece of its own, and the window does not count the cost of a piece.
   */
  static final int MOST_PIECES = 32 * 1024;

  /**
   * Memory for messages other than data, in bytes. Reserved when the channel opens, so that it
   * keeps working when the user's share is used up; more is reserved in steps of this size.
   */
  static final long MESSAGES = 8 * 1024;

  private static final long COST_OF_A_MESSAGE = 128;
  private static final int SMALLEST_CHUNK = 256;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final MemoryShare memory;
  private final ReceiveWindow window;
  private final ArrayDeque<Message> messages = new ArrayDeque<>();

  /**
   * The last piece of data. Later data of the same stream is appended, so packets of one byte do
   * not cost a piece each.
   */
  private @Nullable Chunk tail;

  private int waiting;
  private int replies;
  private int pieces;
  private Taker owner = Taker.RELAY;
  private boolean eof;
  private boolean ended;

  /** Memory reserved with {@link #keep}, until the channel is released. */
  private long kept;

  /** Cost of the messages that wait, and the memory reserved for it. */
  private long costs;

  private long reservedForCosts;

  /** Whether nothing is reserved: before {@link #open} and after {@link #close}. */
  private boolean closed = true;

  /** A piece of data that grows until it is taken. */
  private static final class Chunk {
    private final Stream stream;
    private byte[] bytes;
    private int count;

    private Chunk(Stream stream) {
      this.stream = stream;
      this.bytes = new byte[0];
    }

    private void add(byte[] more, int offset, int length) {
      if (count + length > bytes.length) {
        int size = Math.max(count + length, Math.min(ForwardWindow.PACKET, bytes.length * 2));
        bytes = Arrays.copyOf(bytes, Math.max(size, SMALLEST_CHUNK));
      }
      System.arraycopy(more, offset, bytes, count, length);
      count += length;
    }

    /** Trims the array when more than half of it is unused. */
    private Message.Data message() {
      return new Message.Data(
          stream, bytes.length > 2 * count ? Arrays.copyOf(bytes, count) : bytes, count);
    }
  }

  /**
   * @param largestWindow bytes that the peer may send at most before something is taken
   */
  Inbox(MemoryShare memory, int largestWindow) {
    this.memory = memory;
    this.window = new ReceiveWindow(memory, "peer", largestWindow);
  }

  /**
   * Reserves memory for the first window. False when there is none; then the channel must be
   * refused.
   */
  boolean open() {
    lock.lock();
    try {
      closed = !memory.reserve(ForwardWindow.FIRST + MESSAGES);
      reservedForCosts = closed ? 0 : MESSAGES;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds data.
   *
   * @throws ProtocolException when it is more than the window allows, or in too many pieces
   */
  void put(Stream stream, byte[] bytes, int offset, int count) throws ProtocolException {
    lock.lock();
    try {
      window.received(count);
      // Data after the end of data is ignored (RFC 4254, section 5.3).
      if (ended || eof || count == 0) {
        return;
      }
      if (tail == null || tail.stream != stream || tail.count + count > ForwardWindow.PACKET) {
        keepTail();
        tail = new Chunk(stream);
      }
      tail.add(bytes, offset, count);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds a request or reply.
   *
   * @throws ProtocolException when too many wait, or it is too long
   */
  void put(Message message) throws ProtocolException {
    lock.lock();
    try {
      if (ended) {
        return;
      }
      keepTail();
      if (waiting == MOST_WAITING || closed) {
        throw new ProtocolException("too many requests wait on one channel");
      }
      reserveFor(message);
      waiting++;
      if (message instanceof Message.Reply) {
        replies++;
      }
      messages.add(message);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Memory of a message, with its record and its place in the queue. */
  private static long cost(Message message) {
    return COST_OF_A_MESSAGE
        + (message instanceof Message.Request(String type, boolean wantReply, byte[] arguments)
            ? (long) Character.BYTES * type.length() + arguments.length
            : 0);
  }

  private void reserveFor(Message message) throws NoMemoryException {
    long wanted = costs + cost(message);
    if (wanted > reservedForCosts) {
      long more = (wanted - reservedForCosts + MESSAGES - 1) / MESSAGES * MESSAGES;
      if (!memory.reserve(more)) {
        throw new NoMemoryException(memory.refusal());
      }
      reservedForCosts += more;
    }
    costs = wanted;
  }

  /** Releases the cost of a message that was taken. */
  private void settle(Message message) {
    switch (message) {
      case Message.Request request -> waiting--;
      case Message.Reply reply -> {
        waiting--;
        replies--;
      }
      case Message.Data data -> pieces--;
      case Message.Eof end -> {
        return;
      }
      case Message.Closed none -> {
        return;
      }
    }
    costs -= cost(message);
    long spare = (reservedForCosts - Math.max(MESSAGES, costs)) / MESSAGES * MESSAGES;
    if (spare > MESSAGES) {
      memory.release(spare);
      reservedForCosts -= spare;
    }
  }

  /**
   * Adds the end of data. Later ones are ignored.
   *
   * @throws ProtocolException when too much waits before it
   */
  void putEof() throws ProtocolException {
    lock.lock();
    try {
      if (!ended && !eof) {
        keepTail();
        eof = true;
        messages.add(new Message.Eof());
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the input: what waits can still be taken, and then {@link Message.Closed}. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Finishes the last piece of data, because another message follows it. */
  private void keepTail() throws ProtocolException {
    if (tail == null) {
      return;
    }
    Message.Data data = tail.message();
    if (pieces == MOST_PIECES || closed) {
      throw new ProtocolException("too many pieces of data wait on one channel");
    }
    reserveFor(data);
    pieces++;
    messages.add(data);
    tail = null;
  }

  private Message takeTail() {
    if (tail == null) {
      // The relay has taken the end of the input; its successor must not wait for more.
      return ended ? new Message.Closed() : new Message.Eof();
    }
    Message.Data data = tail.message();
    tail = null;
    return data;
  }

  /**
   * Gives the input to {@code taker}. The prompt then waits until it gets it back; the relay
   * receives {@link Message.Closed}.
   */
  void giveTo(Taker taker) {
    lock.lock();
    try {
      owner = taker;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next message. The caller passes data that has been sent on to {@link #taken}. */
  Message take(Taker taker) throws InterruptedException {
    lock.lock();
    try {
      while (!ended && (owner == taker ? hasNothingFor(taker) : taker == Taker.PROMPT)) {
        changed.await();
      }
      if (owner != taker) {
        return new Message.Closed();
      }
      Message next = messages.poll();
      if (next == null) {
        return takeTail();
      }
      settle(next);
      return next;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next reply and takes it out of order. Earlier messages stay, and are taken
   * afterwards.
   *
   * @return empty when none will come
   */
  Optional<Message.Reply> takeReply() throws InterruptedException {
    lock.lock();
    try {
      while (!ended && replies == 0) {
        changed.await();
      }
      for (Iterator<Message> all = messages.iterator(); all.hasNext(); ) {
        if (all.next() instanceof Message.Reply reply) {
          all.remove();
          settle(reply);
          return Optional.of(reply);
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private boolean hasNothingFor(Taker taker) {
    return messages.isEmpty() && tail == null && !(eof && taker == Taker.PROMPT);
  }

  /**
   * Reports that data has been sent on.
   *
   * @return how much to add to the peer's window now; 0 for nothing yet
   */
  int taken(int count) {
    lock.lock();
    try {
      if (closed) {
        return 0;
      }
      return window.taken(count);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reserves memory for data that the caller keeps, until {@link #close}.
   *
   * @throws NoMemoryException when there is none
   */
  void keep(long bytes) throws NoMemoryException {
    lock.lock();
    try {
      if (closed || !memory.reserve(bytes)) {
        throw new NoMemoryException(memory.refusal());
      }
      kept += bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Releases the memory, and ends the input. */
  void close() {
    lock.lock();
    try {
      ended = true;
      messages.forEach(this::settle);
      messages.clear();
      tail = null;
      if (!closed) {
        closed = true;
        window.release();
        memory.release(kept + reservedForCosts);
        reservedForCosts = 0;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
