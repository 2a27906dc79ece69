package dev.sallyport.plugins.ldap;

import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/**
 * Dials a server for one connection, and closes its socket under whoever waits in it unless the
 * connection is up in time. The library's timeout is over before the TLS handshake begins, and that
 * of a socket begins anew with each byte: a server that says one now and then would keep us for as
 * long as it likes. Safe for all threads.
 */
final class Dial extends SocketFactory {
  private final Server server;
  private final SSLSocketFactory tls;

  /** Below TLS, where to close waits for nobody. */
  private final Socket raw = new Socket();

  private final CompletableFuture<Void> up = new CompletableFuture<>();

  private Dial(Server server, SSLSocketFactory tls) {
    this.server = server;
    this.tls = tls;
  }

  /** The time begins now. */
  static Dial within(Duration time, Server server, SSLSocketFactory tls) {
    Dial dial = new Dial(server, tls);
    CompletableFuture<Void> _ =
        dial.up
            .orTimeout(time.toNanos(), TimeUnit.NANOSECONDS)
            .whenCompleteAsync((_, late) -> dial.ended(late != null), Thread::startVirtualThread);
    return dial;
  }

  private void ended(boolean late) {
    if (late) {
      close();
    }
  }

  /** The connection is up, and no longer watched; unless it is too late. */
  void settle() throws LDAPException {
    if (!up.complete(null)) {
      throw new LDAPException(ResultCode.TIMEOUT, "not connected in time");
    }
  }

  boolean isLate() {
    return up.isCompletedExceptionally();
  }

  /** Gives it up; a socket that was closed is not connected any more either. */
  void close() {
    up.complete(null);
    try {
      raw.close();
    } catch (IOException gone) {
      // It is.
    }
  }

  @Override
  public Socket createSocket(InetAddress address, int port) throws IOException {
    raw.connect(new InetSocketAddress(address, port));
    return switch (server.tls()) {
      case AT_ONCE -> tls.createSocket(raw, server.host(), port, true);
      case STARTED -> raw;
    };
  }

  // The library uses the one above, as there are no sockets that are not connected.

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
    throw new UnsupportedOperationException();
  }
}
