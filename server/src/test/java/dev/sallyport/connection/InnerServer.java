package dev.sallyport.connection;

import dev.sallyport.access.TestCaller;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.forward.Dialer;
import dev.sallyport.gateway.inspect.HostAuthority;
import dev.sallyport.gateway.inspect.InnerChannels;
import dev.sallyport.gateway.inspect.InspectSettings;
import dev.sallyport.gateway.inspect.Inspections;
import dev.sallyport.memory.TestShares;
import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Grant;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import dev.sallyport.ssh.AlgorithmCatalog;
import dev.sallyport.ssh.PublicKeyWork;
import dev.sallyport.ssh.TimeLimits;
import dev.sallyport.transport.SocketWire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;

/**
 * Inspections without a forward around them: each socket of loopback is what a client of alice says
 * to 10.0.2.15:22, where the rule web-ssh lets her log in as ec2-user. Channels do nothing.
 */
final class InnerServer implements AutoCloseable {
  /** Soon over, for clients that stall, and long enough for the first exchange of any other. */
  static final Duration KEY_EXCHANGE_TIMEOUT = Duration.ofSeconds(5);

  private static final InetSocketAddress TARGET =
      new InetSocketAddress(InetAddress.ofLiteral("10.0.2.15"), 22);

  private final Path audit;
  private final AuditLog log;
  private final PublicKeyWork computing = new PublicKeyWork();
  private final Inspections inspections;
  private final ServerSocketChannel listening = ServerSocketChannel.open();
  private final BlockingQueue<String> reasons = new LinkedBlockingQueue<>();

  InnerServer(Path directory, Terms.Inner... inner) throws IOException {
    audit = directory.resolve("audit");
    log = AuditLog.open(audit, "test");
    inspections =
        new Inspections(
            new InspectSettings(
                InspectSettings.DEFAULT_NAMES,
                AlgorithmCatalog.DEFAULT,
                new TimeLimits(
                    Duration.ofSeconds(60), Duration.ofSeconds(30), 3, KEY_EXCHANGE_TIMEOUT),
                3,
                4),
            HostAuthority.load(directory),
            connection -> new DeafChannels(),
            log,
            computing);
    listening.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    var terms = new Terms.Session(Set.of("ec2-user"), "web", Set.of(inner), Terms.Input.NONE);
    Thread.ofVirtual().start(() -> accept(terms));
  }

  private void accept(Terms.Session terms) {
    while (listening.isOpen()) {
      try {
        SocketChannel socket = listening.accept();
        Thread.ofVirtual().start(() -> inspect(socket, terms));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** Bytes that the user may make the process keep. */
  private static final long MEMORY = 28 * 1024 * 1024;

  private void inspect(SocketChannel socket, Terms.Session terms) {
    try (SocketChannel unused = SocketChannel.open()) {
      var here = (InetSocketAddress) socket.getLocalAddress();
      var connection = new AuditEvent.Connection(ConnectionId.random(), here, here);
      reasons.add(
          inspections.inspect(
              new SocketWire(socket),
              new Dialer.Dialled(unused, new Grant.Candidate(TARGET, "web-ssh")),
              new AuditEvent.Forward(
                  UUID.randomUUID().toString(), "alice", new Target("10.0.2.15", 22)),
              terms,
              new TestCaller(
                  connection,
                  TestShares.of(MEMORY),
                  new Decision.Denied(new Denial(Denial.Reason.NO_RULE, "no")),
                  new Decision.Granted(
                      new Grant(
                          new Target("10.0.2.15", 22),
                          List.of(new Grant.Candidate(TARGET, "web-ssh")),
                          terms)))));
    } catch (IOException e) {
      reasons.add(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Channels that are opened, and hear nothing. */
  private static final class DeafChannels implements InnerChannels {
    @Override
    public Optional<Denial> whyNot() {
      return Optional.empty();
    }

    @Override
    public Channel newSession(Runnable ended) {
      return new Deaf(ended);
    }

    @Override
    public Channel newForward(Runnable ended) {
      return new Deaf(ended);
    }

    @Override
    public void reconsider() {}

    @Override
    public void ended() {}
  }

  private static final class Deaf extends AbstractServerChannel {
    private final Runnable ended;

    Deaf(Runnable ended) {
      super("", List.of(), null);
      this.ended = ended;
    }

    @Override
    public void handleRequest(Buffer buffer) {}

    @Override
    protected void doWriteData(byte[] data, int offset, long length) {}

    @Override
    protected void doWriteExtendedData(byte[] data, int offset, long length) {}

    @Override
    public void handleChannelUnregistration(ConnectionService service) {
      super.handleChannelUnregistration(service);
      ended.run();
    }
  }

  InetSocketAddress address() throws IOException {
    return (InetSocketAddress) listening.getLocalAddress();
  }

  /** Waits for the next connection that ends, and says why it did. */
  String nextReason() throws InterruptedException {
    return reasons.take();
  }

  /** What the audit log says by now. */
  List<String> log() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(audit)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".jsonl")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    inspections.close();
    computing.close();
    log.close();
  }
}
