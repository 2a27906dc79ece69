package dev.sallyport.gateway.relay;

import dev.sallyport.forward.ForwardWindow;
import dev.sallyport.forward.ReceiveWindow;
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
 * What one end of a relay has received and the relay has not taken yet. The connection's reading
 * thread puts and never waits; the relay's thread takes. Data is bounded by the window that the
 * peer was given ({@link ReceiveWindow}); everything else is bounded in number.
 */
final class Inbox {
  /**
   * Requests and replies that wait. Nobody sends so many ahead of their effect; a flood of them
   * must not take memory without bound.
   */
  static final int MOST_WAITING = 4096;

  /** Longest arguments of a request: a command of a megabyte is refused by no shell, a flood is. */
  static final int LONGEST_REQUEST = 256 * 1024;

  /**
   * Pieces of data that wait. A peer that changes the stream with every byte makes a piece of each:
   * the window counts bytes, and not what it costs to keep them apart.
   */
  static final int MOST_PIECES = 32 * 1024;

  /**
   * Reserved from the opening on for what waits besides data, in bytes, and taken from the share in
   * such steps beyond it: a user whose share is used up goes on with what is open.
   */
  static final long MESSAGES = 8 * 1024;

  private static final long COST_OF_A_MESSAGE = 128;
  private static final int SMALLEST_CHUNK = 256;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final MemoryShare memory;
  private final ReceiveWindow window;
  private final ArrayDeque<Message> messages = new ArrayDeque<>();

  /** The last data, which more of the same stream is added to: a byte a packet costs a byte. */
  private @Nullable Chunk tail;

  private int waiting;
  private int replies;
  private int pieces;
  private Taker owner = Taker.RELAY;
  private boolean eof;
  private boolean ended;

  /** Reserved besides, until the end. */
  private long kept;

  /** What the messages cost that wait, and what is reserved for them. */
  private long costs;

  private long reservedForCosts;

  /** Whether nothing is reserved: before {@link #open} and after {@link #close}. */
  private boolean closed = true;

  /** Data that grows until it is taken. */
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

    /** Without the room for more, unless it is little. */
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

  /** False when there is no memory for the first window, and nothing may be promised. */
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
      // Nothing counts that comes behind the end (RFC 4254, section 5.3).
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

  /** What a request takes of the memory for all, its record and its place in the queue included. */
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

  /** What was kept with {@link #cost} does not wait any more. */
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
   * Adds the end of data; a second one says nothing new, and a flood of them costs nothing.
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

  /** Nothing more will come: what waits is still taken, and then {@link Message.Closed}. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The last data gets no more, because something else follows it. */
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
      // The relay took the end of what is typed; who comes after it must not wait for more.
      return ended ? new Message.Closed() : new Message.Eof();
    }
    Message.Data data = tail.message();
    tail = null;
    return data;
  }

  /**
   * From now on only {@code taker} takes: the prompt waits until it is its turn again, the relay
   * hears {@link Message.Closed}.
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

  /**
   * Waits for the next message. Data that is taken must be told to {@link #taken} once it is gone.
   */
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
   * Waits for the next reply, and takes it out of the order: what came before it stays here, counts
   * as what waits, and is taken afterwards.
   *
   * @return nothing when none will come
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
   * Says that the other side took the data.
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
   * Reserves memory for what is kept of what was taken, until {@link #close}.
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

  /** Gives the memory back, and ends. */
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
