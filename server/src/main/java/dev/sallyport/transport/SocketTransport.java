package dev.sallyport.transport;

import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.apache.sshd.common.Factory;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.IoServiceFactoryFactory;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.apache.sshd.common.util.threads.CloseableExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Provides the library with sockets: a {@link SocketAcceptor}, and no connector, because the
 * library's blocks a shared thread for each connect that hangs. Targets are dialled without the
 * library.
 */
public final class SocketTransport extends AbstractCloseable
    implements IoServiceFactory, IoServiceFactoryFactory {
  private final Admission admission;
  private final Supplier<ProxySettings> proxies;

  /**
   * @param admission called for each accepted socket, before any object is made for it
   * @param proxies the current settings of the PROXY protocol
   */
  public SocketTransport(Admission admission, Supplier<ProxySettings> proxies) {
    this.admission = admission;
    this.proxies = proxies;
  }

  @Override
  public IoServiceFactory create(FactoryManager manager) {
    return this;
  }

  @Override
  public void setExecutorServiceFactory(Factory<CloseableExecutorService> factory) {
    throw new UnsupportedOperationException("virtual threads need no executor");
  }

  @Override
  public SocketAcceptor createAcceptor(IoHandler handler) {
    ThreadFactory threads = Thread.ofPlatform().daemon().name("unauthenticated-", 1).factory();
    return new SocketAcceptor(
        handler, admission, proxies, task -> threads.newThread(() -> withLowPriority(task)));
  }

  /** Runs work for an unauthenticated client, after that for users. */
  private static void withLowPriority(Runnable task) {
    KernelThreads.lowerPriority();
    task.run();
  }

  @Override
  public IoConnector createConnector(IoHandler handler) {
    throw new UnsupportedOperationException("targets are dialled without the SSH library");
  }

  @Override
  public @Nullable IoServiceEventListener getIoServiceEventListener() {
    return null;
  }

  @Override
  public void setIoServiceEventListener(@Nullable IoServiceEventListener listener) {
    if (listener != null) {
      throw new UnsupportedOperationException("nobody listens to the transport");
    }
  }
}
