package dev.sallyport.connection;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Strangers;
import dev.sallyport.forward.Forwards;
import dev.sallyport.forward.Inspection;
import dev.sallyport.gateway.relay.Gateway;
import dev.sallyport.model.IpText;
import dev.sallyport.ssh.LiveConnections;
import dev.sallyport.ssh.PublicKeyWork;
import dev.sallyport.transport.SocketAcceptor;
import dev.sallyport.transport.SocketTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts SSH clients from {@link #accept} to {@link #stop}. Called by the thread that starts and
 * stops the process.
 */
public final class ConnectionServer {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /** Longest wait for clients to read that the bastion stops, and for their last events. */
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final List<InetSocketAddress> listen;
  private final Current current;
  private final FrontGate gate;
  private final AuditLog audit;
  private final Forwards forwards;
  private final Gateway gateway;
  private final LiveConnections live = new LiveConnections();
  private final Penalties penalties;
  private final SocketAcceptor acceptor;

  /**
   * Prepares the server.
   *
   * @param listen the addresses to listen on, at least one; port 0 takes a free one
   * @param inForce the configuration until {@link #replace}
   * @param computing where key exchanges and signatures are computed
   * @param clock the clock for rules and restrictions
   */
  public ConnectionServer(
      List<InetSocketAddress> listen,
      InForce inForce,
      Forwards forwards,
      Inspection inspection,
      Gateway gateway,
      AuditLog audit,
      Strangers strangers,
      PublicKeyWork computing,
      InstantSource clock) {
    this.listen = List.copyOf(listen);
    this.forwards = forwards;
    this.gateway = gateway;
    ConnectionSettings settings = inForce.settings();
    Limits limits = settings.limits();
    this.penalties = new Penalties(settings.penalties(), strangers);
    this.audit = audit;
    this.current = new Current(inForce);
    this.gate =
        new FrontGate(
            new StartupGate(limits, new SecureRandom(), strangers::refused),
            penalties,
            new UserTable(limits.connectionsPerUser()),
            strangers);
    this.acceptor =
        new SocketTransport(gate, () -> current.get().settings().proxies())
            .createAcceptor(
                new ClientConnectionFactory(
                    current,
                    gate,
                    new UserChannels(forwards, gateway, inspection),
                    audit,
                    strangers,
                    live,
                    computing,
                    clock));
  }

  /**
   * Binds all addresses, or none. Clients can connect from now on, and wait until {@link #accept}.
   *
   * @return the bound addresses, with the ports that were chosen
   * @throws IOException when an address cannot be bound; the message says which, why, and what to
   *     do
   */
  public List<InetSocketAddress> bind() throws IOException {
    for (InetSocketAddress address : listen) {
      try {
        acceptor.bind(address);
      } catch (SocketException e) {
        acceptor.unbind();
        throw new IOException(
            "cannot listen on %s: %s".formatted(IpText.shown(address), advice(address, e)), e);
      } catch (UnsupportedAddressTypeException e) {
        acceptor.unbind();
        throw new IOException(
            "cannot listen on %s: this machine has no IPv6, or hides it (/proc/net/if_inet6)"
                .formatted(IpText.shown(address)),
            e);
      }
    }
    List<InetSocketAddress> bound = new ArrayList<>();
    for (SocketAddress address : acceptor.getBoundAddresses()) {
      bound.add((InetSocketAddress) address);
    }
    return bound;
  }

  /** Starts to accept clients. */
  public void accept() {
    acceptor.accept();
  }

  static String advice(InetSocketAddress address, SocketException cause) {
    String message = String.valueOf(cause.getMessage());
    if (message.contains("in use")) {
      return "another program listens there (ss -ltnp shows which)";
    }
    if (message.contains("denied") && address.getPort() < 1024) {
      return "a port below 1024 needs root or the capability CAP_NET_BIND_SERVICE";
    }
    return message;
  }

  /**
   * Why a login from there would be refused now, whatever key it has; a sentence each, empty when
   * it would not. Counts nothing, and never waits.
   */
  public List<String> refusals(InetAddress source, String user) {
    return gate.refusals(source, user);
  }

  /** What is in force now. */
  public InForce inForce() {
    return current.get();
  }

  /**
   * Puts another configuration in force. New connections use all of it. For live ones its rules
   * apply from now on, and their logins are checked again within a second. Cannot fail. Called by
   * one thread at a time.
   */
  public void replace(InForce other) {
    gate.apply(other.settings());
    current.replace(other);
  }

  /**
   * Stops accepting, waits for the open forwards and sessions to end, and then disconnects all
   * clients.
   *
   * @param patience how long they may take
   */
  public void stop(Duration patience) throws InterruptedException {
    acceptor.unbind();
    live.drain();
    gateway.drain();
    // What still waits for its turn will not begin any more.
    audit.endDelays();
    long deadline = System.nanoTime() + patience.toNanos();
    boolean over =
        forwards.awaitNone(patience)
            && gateway.awaitNone(Duration.ofNanos(deadline - System.nanoTime()));
    if (!over) {
      LOG.info(
          "closing what is still open after {} s: forwards {}, sessions {}",
          patience.toSeconds(),
          forwards.count(),
          gateway.count());
    }
    gateway.endAll();
    forwards.endAll("the bastion stops");
    live.disconnectAll("the bastion stops");
    // Sockets close only after the disconnect message was sent; clients that do not read are not
    // waited for.
    live.awaitNone(CLOSING);
    acceptor.close(true);
    live.awaitNone(CLOSING);
    live.close();
    penalties.close();
  }
}
