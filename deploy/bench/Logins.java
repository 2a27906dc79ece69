import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Bursts of logins, each of which opens one forward that the target closes. */
final class Logins {
  /** How many at a time: enough to keep two cores busy, far from what a server would refuse. */
  static final int AT_ONCE = 8;

  private final Client client;

  Logins(Client client) {
    this.client = client;
  }

  /** Milliseconds of processor time of the server's processes for each login of a burst. */
  double run(Server server, int logins) throws IOException, InterruptedException {
    try (Target target = new Target()) {
      target.closeEach();
      server.awaitNoChildren();
      double cpu = server.cpuSeconds();
      inParallel(
          logins,
          () -> {
            Client.awaitSuccess(client.start(client.ssh(server, "-W", target.address())), server);
            return true;
          });
      server.awaitNoChildren();
      return (server.cpuSeconds() - cpu) * 1000 / logins;
    }
  }

  /** Calls the task so many times, {@link #AT_ONCE} at a time; the first failure ends it. */
  static <T> List<T> inParallel(int times, Callable<T> task)
      throws IOException, InterruptedException {
    List<T> results = new ArrayList<>();
    ExecutorService threads =
        Executors.newFixedThreadPool(AT_ONCE, Thread.ofPlatform().daemon().factory());
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        futures.add(threads.submit(task));
      }
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    } finally {
      threads.shutdownNow();
    }
  }
}
