package dev.sallyport.plugins.ldap;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.extensions.StartTLSExtendedRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * Makes connections: encrypted, to a server whose certificate is for the name that was configured,
 * and logged in. Begins with the server that answered last. Safe for all threads.
 */
final class Connector {
  /**
   * Largest message that is read: an entry has the keys, the names and the groups of one user. A
   * server that sends more is cut off before it fills our memory.
   */
  private static final int LARGEST_MESSAGE = 2 * 1024 * 1024;

  private final Access access;
  private final LDAPConnectionOptions options;
  private final AtomicInteger first = new AtomicInteger();

  Connector(Access access) {
    this.access = access;
    options = new LDAPConnectionOptions();
    options.setConnectTimeoutMillis(Math.toIntExact(access.connectTimeout().toMillis()));
    options.setResponseTimeoutMillis(access.responseTimeout().toMillis());
    options.setMaxMessageSize(LARGEST_MESSAGE);
    // Another directory that an entry refers us to was not configured, and gets no password.
    options.setFollowReferrals(false);
    options.setAbandonOnTimeout(false);
    options.setUseKeepAlive(true);
    options.setSSLSocketVerifier(new BoundedHandshake(access.connectTimeout()));
  }

  /** How many servers there are to try. */
  int servers() {
    return access.servers().size();
  }

  /** The next connection is to another server, if there is one: this one does not answer. */
  void avoid(String host, int port) {
    int now = first.get();
    Server server = access.servers().get(now);
    if (server.host().equals(host) && server.port() == port) {
      first.compareAndSet(now, (now + 1) % servers());
    }
  }

  /** What a connection needs of this machine. */
  private record Needs(SSLContext tls, Optional<String> password) {}

  private Needs needs() throws UnreadyException {
    SSLContext tls = access.trust().context();
    Optional<String> password = Optional.empty();
    if (access.login().isPresent()) {
      password = Optional.of(access.login().get().password().read());
    }
    return new Needs(tls, password);
  }

  /** What would keep every connection from being made, whatever the servers do. */
  Optional<String> obstacle() {
    try {
      Needs _ = needs();
      return Optional.empty();
    } catch (UnreadyException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * A new connection.
   *
   * @throws UnreadyException when no server gives one, with what is wrong with each
   */
  LDAPConnection connect() throws UnreadyException {
    Needs needs = needs();
    List<String> wrong = new ArrayList<>();
    int begin = first.get();
    for (int i = 0; i < servers(); i++) {
      int number = (begin + i) % servers();
      Server server = access.servers().get(number);
      try {
        LDAPConnection connection = connect(server, needs);
        first.compareAndSet(begin, number);
        return connection;
      } catch (LDAPException e) {
        wrong.add(server + " " + Failure.of(e));
      }
    }
    throw new UnreadyException(String.join("; ", wrong));
  }

  private LDAPConnection connect(Server server, Needs needs) throws LDAPException {
    LDAPConnection connection =
        switch (server.tls()) {
          case AT_ONCE ->
              new LDAPConnection(
                  new BoundedSockets(needs.tls().getSocketFactory(), access.connectTimeout()),
                  options);
          case STARTED -> new LDAPConnection(options);
        };
    try {
      connection.connect(server.host(), server.port());
      if (server.tls() == Server.Tls.STARTED) {
        var answer = connection.processExtendedOperation(new StartTLSExtendedRequest(needs.tls()));
        if (!answer.getResultCode().equals(ResultCode.SUCCESS)) {
          throw new LDAPException(ResultCode.INAPPROPRIATE_AUTHENTICATION, "no StartTLS");
        }
      }
      if (connection.getSSLSession() == null) {
        throw new LDAPException(ResultCode.INAPPROPRIATE_AUTHENTICATION, "no TLS");
      }
      if (needs.password().isPresent()) {
        connection.bind(
            new SimpleBindRequest(access.login().orElseThrow().dn(), needs.password().get()));
      }
      return connection;
    } catch (LDAPException | RuntimeException e) {
      connection.closeWithoutUnbind();
      throw e;
    }
  }
}
