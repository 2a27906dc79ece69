package dev.sallyport.plugins.ec2;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Something where the metadata service should be, which does with each connection as it likes. */
final class RawServer implements AutoCloseable {
  private final ServerSocket socket;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger connections = new AtomicInteger();

  /** What it does after the head of a request was read. */
  interface Behaviour {
    void answer(String request, OutputStream out) throws IOException, InterruptedException;
  }

  RawServer(Behaviour behaviour) throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(() -> {
      while (!socket.isClosed()) {
        try {
          Socket client = socket.accept();
          connections.incrementAndGet();
          threads.execute(() -> serve(client, behaviour));
        } catch (IOException closed) {
          return;
        }
      }
    });
  }

  /** Always answers with this text, after which it closes the connection. */
  static RawServer always(String answer) throws IOException {
    return new RawServer((_, out) -> out.write(answer.getBytes(StandardCharsets.US_ASCII)));
  }

  private static void serve(Socket client, Behaviour behaviour) {
    try (client) {
      String head = head(client.getInputStream());
      behaviour.answer(head, client.getOutputStream());
      client.getOutputStream().flush();
    } catch (IOException gone) {
      // The client had enough.
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head.append((char) next);
    }
    return head.toString();
  }

  MetadataEndpoint endpoint() {
    return MetadataEndpoint.parse("http://127.0.0.1:" + socket.getLocalPort());
  }

  int connections() {
    return connections.get();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
  }
}
