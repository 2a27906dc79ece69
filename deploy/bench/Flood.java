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

  private static final int HELLO_THREADS = 10;

  /** So that all of them make 500 a second, if the server keeps up. */
  private static final long HELLO_PAUSE_NANOS = 20_000_000;

  private static final int SSH_THREADS = 4;

  /** What it does. */
  enum Kind {
    /** Connects, says what it speaks, reads what the server says, and leaves. */
    HELLO,
    /** The stock client with a key that nobody knows. */
    SSH
  }

  private final Server server;
  private final Client client;
  private final Path wrongKey;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong attempts = new AtomicLong();
  private final AtomicLong turnedAway = new AtomicLong();
  private volatile boolean closed;

  Flood(Server server, Client client, Path wrongKey, Kind kind) {
    this.server = server;
    this.client = client;
    this.wrongKey = wrongKey;
    int count = kind == Kind.HELLO ? HELLO_THREADS : SSH_THREADS;
    for (int i = 0; i < count; i++) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    switch (kind) {
                      case HELLO -> hellos();
                      case SSH -> logins();
                    }
                  }));
    }
  }

  long attempts() {
    return attempts.get();
  }

  /** Of these, how many heard that they were not allowed at this time; not counted for ssh. */
  long turnedAway() {
    return turnedAway.get();
  }

  private void hellos() {
    long next = System.nanoTime();
    while (!closed) {
      next += HELLO_PAUSE_NANOS;
      LockSupport.parkNanos(next - System.nanoTime());
      attempts.incrementAndGet();
      try (Socket socket =
          new Socket(
              InetAddress.ofLiteral(Server.PLAIN_ADDRESS),
              server.port(),
              InetAddress.ofLiteral(SOURCE),
              0)) {
        InputStream in = socket.getInputStream();
        String line = new String(in.readNBytes(11), StandardCharsets.US_ASCII);
        if (line.equals("Not allowed")) {
          turnedAway.incrementAndGet();
        } else {
          socket.getOutputStream().write("SSH-2.0-flood\r\n".getBytes(StandardCharsets.US_ASCII));
          in.read(new byte[8192]);
        }
      } catch (IOException e) {
        // Turned away in another way; the flood goes on.
      }
    }
  }

  private void logins() {
    while (!closed) {
      attempts.incrementAndGet();
      List<String> command = client.words(wrongKey, "-b", SOURCE);
      command.addAll(
          List.of(
              "-p",
              Integer.toString(server.port()),
              Workplace.USER + "@" + Server.PLAIN_ADDRESS,
              "true"));
      try {
        client.start(Client.quiet(command)).waitFor();
      } catch (IOException | InterruptedException e) {
        return;
      }
    }
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
