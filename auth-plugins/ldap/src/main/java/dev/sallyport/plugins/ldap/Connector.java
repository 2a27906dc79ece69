package dev.sallyport.plugins.ldap;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.extensions.StartTLSExtendedRequest;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import dev.sallyport.spi.Reporter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
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
  private final Reporter reporter;
  private final AtomicInteger first = new AtomicInteger();

  /**
   * @param reporter hears of servers that are passed over, as often as it happens
   */
  Connector(Access access, Reporter reporter) {
    this.access = access;
    this.reporter = reporter;
    options = new LDAPConnectionOptions();
    // A Dial has the time for all of it; the library's would leave it half way.
    options.setConnectTimeoutMillis(0);
    options.setResponseTimeoutMillis(access.responseTimeout().toMillis());
    options.setMaxMessageSize(LARGEST_MESSAGE);
    // Another directory that an entry refers us to was not configured, and gets no password.
    options.setFollowReferrals(false);
    options.setAbandonOnTimeout(false);
    options.setUseKeepAlive(true);
    options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true));
  }

  /** How many servers there are to try. */
  int servers() {
    return access.servers().size();
  }

  /** It failed so; the next connection is to another server, if there is one. */
  void avoid(Server server, LDAPException how) {
    if (servers() == 1) {
      return;
    }
    int now = first.get();
    if (access.servers().get(now).equals(server)) {
      first.compareAndSet(now, (now + 1) % servers());
    }
    // Whatever else ends a connection is usual, or of the one question.
    if (how.getResultCode().equals(ResultCode.TIMEOUT)) {
      passOver(server, Failure.of(how));
    }
  }

  private void passOver(Server server, String why) {
    reporter.problem(server.toString(), why + "; the next server is asked");
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
  Link connect() throws UnreadyException {
    Needs needs = needs();
    Map<Server, String> wrong = new LinkedHashMap<>();
    int begin = first.get();
    for (int i = 0; i < servers(); i++) {
      int number = (begin + i) % servers();
      Server server = access.servers().get(number);
      try {
        long since = System.nanoTime();
        Link link = new Link(server, connect(server, needs), since);
        first.compareAndSet(begin, number);
        wrong.forEach(this::passOver);
        return link;
      } catch (LDAPException e) {
        wrong.put(server, Failure.of(e));
      }
    }
    throw new UnreadyException(
        wrong.entrySet().stream()
            .map(one -> one.getKey() + " " + one.getValue())
            .collect(Collectors.joining("; ")));
  }

  private LDAPConnection connect(Server server, Needs needs) throws LDAPException {
    Dial dial = Dial.within(access.connectTimeout(), server, needs.tls().getSocketFactory());
    LDAPConnection connection = new LDAPConnection(dial, options);
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
      dial.settle();
      if (needs.password().isPresent()) {
        connection.bind(
            new SimpleBindRequest(access.login().orElseThrow().dn(), needs.password().get()));
      }
      return connection;
    } catch (LDAPException | RuntimeException e) {
      boolean late = dial.isLate();
      dial.close();
      connection.closeWithoutUnbind();
      if (late) {
        throw new LDAPException(ResultCode.TIMEOUT, "no TLS in time", e);
      }
      throw e;
    }
  }
}
