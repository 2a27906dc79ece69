import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Somebody who keeps a server busy from an address of their own, until closed. */
final class Flood implements AutoCloseable {
  /** Where it comes from; the users come from another. */
  private static final String SOURCE = "127.0.0.5";

  /** What it does, and how often: at a fixed pace, so that being turned away makes it no faster. */
  enum Kind {
    /** Connects, says what it speaks, reads what the server says, and leaves. */
    HELLO("500 connections a second", 10, 20_000_000),
    /** The stock client, as a stranger who is not let in. */
    SSH("10 failing ssh a second", 5, 500_000_000);

    private final String title;
    private final int threads;
    private final long pauseNanos;

    Kind(String title, int threads, long pauseNanos) {
      this.title = title;
      this.threads = threads;
      this.pauseNanos = pauseNanos;
    }

    String title() {
      return title;
    }
  }

  /**
   * Who it says that it is.
   *
   * @param key whose certificate, if it has one, is beside it
   * @param names one after another
   */
  record Stranger(Path key, List<String> names) {}

  private final Server server;
  private final Client client;
  private final Stranger stranger;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong attempts = new AtomicLong();
  private volatile boolean closed;

  Flood(Server server, Client client, Stranger stranger, Kind kind) {
    this.server = server;
    this.client = client;
    this.stranger = stranger;
    for (int i = 0; i < kind.threads; i++) {
      threads.add(Thread.ofPlatform().daemon().start(() -> run(kind)));
    }
  }

  long attempts() {
    return attempts.get();
  }

  private void run(Kind kind) {
    long next = System.nanoTime();
    while (!closed) {
      next += kind.pauseNanos;
      LockSupport.parkNanos(next - System.nanoTime());
      int attempt = (int) attempts.getAndIncrement();
      try {
        switch (kind) {
          case HELLO -> hello();
          case SSH -> login(stranger.names().get(attempt % stranger.names().size()));
        }
      } catch (IOException e) {
        // Hung up on; the flood goes on.
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void hello() throws IOException {
    try (Socket socket =
        new Socket(
            InetAddress.ofLiteral(Server.PLAIN_ADDRESS),
            server.port(),
            InetAddress.ofLiteral(SOURCE),
            0)) {
      socket.getOutputStream().write("SSH-2.0-flood\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      in.readNBytes(100);
    }
  }

  private void login(String name) throws IOException, InterruptedException {
    List<String> command = client.words(stranger.key(), "-b", SOURCE, "-l", name);
    command.addAll(List.of("-p", Integer.toString(server.port()), Server.PLAIN_ADDRESS, "true"));
    client.start(Client.quiet(command)).waitFor();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
