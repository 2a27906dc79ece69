package dev.sallyport.transport;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoService;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects one wire with the library, whose own sessions queue writes without bound. A thread of
 * its own reads, and passes the bytes to the library; a writer blocks until the wire has taken the
 * bytes. So a client that does not read blocks only its own threads, and there is no queue that
 * could grow. Closing, from any thread, wakes all of them.
 */
public final class WireSession extends AbstractCloseable implements IoSession {
  /** Not this class's name, under which the library logs. */
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  private static final AtomicLong IDS = new AtomicLong();

  private final long id = IDS.incrementAndGet();
  private final Map<Object, Object> attributes = new ConcurrentHashMap<>();
  private final ReentrantLock writing = new ReentrantLock();
  private final IoService service;
  private final Consumer<WireSession> whenEnded;
  private final IoHandler handler;
  private final Wire wire;
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final ReadBuffer buffer = new ReadBuffer();
  private volatile @Nullable ReadGrowth growth;

  /**
   * @param whenEnded called once, when the wire is closed
   */
  WireSession(IoService service, Consumer<WireSession> whenEnded, IoHandler handler, Wire wire) {
    this.service = service;
    this.whenEnded = whenEnded;
    this.handler = handler;
    this.wire = wire;
  }

  /**
   * Begins to read. Unauthenticated clients are read on platform threads of low priority, because
   * virtual threads are not preempted. The number of these clients, and so of these threads, is
   * bounded.
   *
   * @param reading creates the thread; when it fails, the wire is closed
   */
  void start(ThreadFactory reading) {
    boolean started = false;
    try {
      reading.newThread(this::begin).start();
      started = true;
    } finally {
      if (!started) {
        close(true);
      }
    }
  }

  private void begin() {
    boolean created = false;
    try {
      handler.sessionCreated(this);
      created = true;
    } catch (Exception e) {
      failed(e);
    } finally {
      if (!created) {
        close(true);
      }
    }
    if (created) {
      readAll();
    }
  }

  /**
   * The peer has authenticated: it is read on a virtual thread from now on, with larger reads.
   *
   * @param memory called before reads become larger
   */
  public void promote(ReadGrowth memory) {
    growth = memory;
  }

  /**
   * Whether an unauthenticated peer has left. Only a read can tell, so this reads ahead as far as
   * the buffer has room. For the reading thread, while it handles earlier bytes. Never waits.
   */
  public boolean unauthenticatedPeerHasLeft() {
    try {
      return growth == null && buffer.readAhead(wire);
    } catch (IOException e) {
      LOG.trace("{} left", this, e);
      return true;
    }
  }

  private void readAll() {
    boolean handedOver = false;
    try {
      handedOver = readUntilPromotion();
    } catch (ClosedChannelException e) {
      LOG.trace("{} closed", this);
    } catch (Exception e) {
      failed(e);
    } finally {
      if (!handedOver) {
        close(true);
      }
    }
  }

  /** True when another thread continues to read; false at the end of the stream. */
  private boolean readUntilPromotion() throws Exception {
    CarrierSlice slice = new CarrierSlice();
    for (ByteBuffer read = buffer.readFrom(wire); read != null; read = buffer.readFrom(wire)) {
      bytesIn.add(read.remaining());
      handler.messageReceived(this, Readable.readable(read));
      ReadGrowth memory = growth;
      if (memory != null && !Thread.currentThread().isVirtual()) {
        Thread.ofVirtual().name("client-" + id).start(this::readAll);
        return true;
      }
      if (buffer.isFull()) {
        // A client that always has data to read would occupy its carrier for ever.
        slice.end();
      }
      if (memory != null) {
        buffer.adapt(memory);
      }
    }
    return false;
  }

  private void failed(Exception cause) {
    try {
      handler.exceptionCaught(this, cause);
    } catch (Exception e) {
      LOG.trace("{} failed before there was a connection", this, e);
    }
  }

  /**
   * Writes the whole buffer before it returns.
   *
   * @throws IOException when the socket is closed or fails; nothing can be written after that
   */
  @Override
  public IoWriteFuture writeBuffer(Buffer buffer) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(buffer.array(), buffer.rpos(), buffer.available());
    writing.lock();
    try {
      bytesOut.add(wire.write(bytes));
    } finally {
      writing.unlock();
    }
    return AbstractIoWriteFuture.fulfilled(id, true);
  }

  @Override
  public void shutdownOutputStream() throws IOException {
    wire.shutdownOutput();
  }

  @Override
  protected @Nullable CloseFuture doCloseGracefully() {
    // No write is pending. The end of the stream shows the client that nothing follows.
    try {
      wire.shutdownOutput();
    } catch (IOException e) {
      LOG.trace("{} is gone already", this, e);
    }
    return null;
  }

  @Override
  protected void doCloseImmediately() {
    closeQuietly(wire);
    whenEnded.accept(this);
    super.doCloseImmediately();
    try {
      handler.sessionClosed(this);
    } catch (Exception e) {
      LOG.trace("{} closed before there was a connection", this, e);
    }
  }

  static void closeQuietly(Closeable channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.trace("closing failed, which leaves nothing open", e);
    }
  }

  /** Bytes read from the client so far, as they were on the wire. */
  public long bytesIn() {
    return bytesIn.sum();
  }

  /** Bytes written to the client so far, as they were on the wire. */
  public long bytesOut() {
    return bytesOut.sum();
  }

  /** Bytes in both directions. */
  public long bytes() {
    return bytesIn() + bytesOut();
  }

  @Override
  public long getId() {
    return id;
  }

  @Override
  public IoService getService() {
    return service;
  }

  @Override
  public SocketAddress getLocalAddress() {
    return wire.local();
  }

  @Override
  public SocketAddress getRemoteAddress() {
    return wire.remote();
  }

  /**
   * The load balancer in between, if there is one; {@link #getRemoteAddress} is the client's
   * address.
   */
  public Optional<InetSocketAddress> via() {
    return wire.via();
  }

  @Override
  public SocketAddress getAcceptanceAddress() {
    return wire.local();
  }

  @Override
  public @Nullable Object getAttribute(Object key) {
    return attributes.get(key);
  }

  @Override
  public @Nullable Object setAttribute(Object key, Object value) {
    return attributes.put(key, value);
  }

  @Override
  public @Nullable Object setAttributeIfAbsent(Object key, Object value) {
    return attributes.putIfAbsent(key, value);
  }

  @Override
  public @Nullable Object removeAttribute(Object key) {
    return attributes.remove(key);
  }

  @Override
  public void suspendRead() {
    throw new UnsupportedOperationException(
        "back-pressure is the window's (RFC 4254, section 5.2)");
  }

  @Override
  public void resumeRead() {
    throw new UnsupportedOperationException(
        "back-pressure is the window's (RFC 4254, section 5.2)");
  }

  @Override
  public String toString() {
    return "connection with " + wire.remote();
  }
}
