package dev.sallyport.gateway.outbound;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.memory.TestShares;
import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import dev.sallyport.ssh.PublicKeyWork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.sshd.agent.SshAgent;

/** Logs in to targets of loopback, with a state folder of its own. */
final class Login implements AutoCloseable {
  static final String CREDENTIAL = "web";

  private final Path stateDir;
  private final AuditLog audit;
  private final PublicKeyWork computing = new PublicKeyWork();
  final Targets targets;
  final TargetBanner banner = new TargetBanner();

  /** How a login is, unless a test says otherwise. */
  record How(
      int port,
      String login,
      String requestedHost,
      String user,
      Set<Terms.Inner> inner,
      Optional<SshAgent> agent,
      String from) {
    static How to(int port) {
      return new How(
          port, TestSshd.user(), "127.0.0.1", "alice", Set.of(), Optional.empty(), "127.0.0.1");
    }

    How as(String other) {
      return new How(port, other, requestedHost, user, inner, agent, from);
    }

    How asking(String host) {
      return new How(port, login, host, user, inner, agent, from);
    }

    How by(String other) {
      return new How(port, login, requestedHost, other, inner, agent, from);
    }

    How with(SshAgent forwarded) {
      return new How(port, login, requestedHost, user, inner, Optional.of(forwarded), from);
    }

    How from(String address) {
      return new How(port, login, requestedHost, user, inner, agent, address);
    }

    How allowing(Set<Terms.Inner> more) {
      return new How(port, login, requestedHost, user, more, agent, from);
    }
  }

  Login(Path stateDir, TargetSettings settings, CredentialSource credential) throws IOException {
    this(stateDir, settings, credential, TargetTimes.DEFAULT);
  }

  Login(Path stateDir, TargetSettings settings, CredentialSource credential, TargetTimes times)
      throws IOException {
    Files.createDirectories(stateDir);
    this.stateDir = stateDir;
    this.audit = AuditLog.open(stateDir.resolve("audit"), "test");
    try {
      this.targets =
          new Targets(settings, Map.of(CREDENTIAL, credential), stateDir, audit, computing, times);
    } catch (IOException e) {
      audit.close();
      throw e;
    }
  }

  /** Where its key exchanges are computed. */
  PublicKeyWork computing() {
    return computing;
  }

  TargetConnection logIn(int port) throws Exception {
    return logIn(How.to(port));
  }

  TargetConnection logIn(How how) throws Exception {
    SocketChannel socket = SocketChannel.open();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(how.from()), 0));
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), how.port());
    socket.connect(address);
    try {
      return targets.logIn(
          socket,
          new TargetLogin(
              new AuditEvent.Connection(
                  new ConnectionId("c-1"),
                  new InetSocketAddress(InetAddress.ofLiteral("203.0.113.7"), 50000),
                  new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 22)),
              new SessionFacts(
                  "3f0e1d1c-0000-4000-8000-000000000001",
                  how.user(),
                  new Target(how.requestedHost(), how.port()),
                  address,
                  how.login(),
                  "rule",
                  "gateway-command"),
              how.requestedHost(),
              new Terms.Session(Set.of("*"), CREDENTIAL, how.inner(), Terms.Input.NONE),
              how::agent,
              banner,
              TestShares.of(1024 * 1024)));
    } catch (TargetException e) {
      if (socket.isOpen()) {
        throw new AssertionError("the socket is still open after: " + e.getMessage(), e);
      }
      throw e;
    }
  }

  /** What is in the audit log by now; waits for what is on its way. */
  String audited() {
    audit.close();
    try (Stream<Path> files = Files.list(stateDir.resolve("audit"))) {
      return files
          .filter(file -> file.toString().endsWith(".jsonl"))
          .map(Login::text)
          .collect(Collectors.joining());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    targets.close();
    computing.close();
    audit.close();
  }
}
