package dev.sallyport.plugins.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.keys.TestKeys;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What logins wait for a metadata service that misbehaves: a hundred users at once, twenty logins
 * each, one after the other. The README has the figures. What is asserted is that each is answered
 * although the service never answers well again, that who has the launch key is let in among all of
 * them, and that the service is not asked once a login.
 */
@Timeout(120)
class HangingServiceTest {
  private static final int USERS = 100;
  private static final int LOGINS = 20;
  private static final OfferedKey LAUNCH_KEY = TestKeys.ed25519(1_000);

  @Test
  void thatHangsHoldsUpFewLogins() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    measure("hangs", (_, _) -> never.await());
  }

  @Test
  void thatAnswersByteByByteHoldsUpFewLogins() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    byte[] head =
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    measure(
        "answers a byte a second",
        (_, out) -> {
          for (byte one : head) {
            out.write(one);
            out.flush();
            if (never.await(1, TimeUnit.SECONDS)) {
              return;
            }
          }
        });
  }

  @Test
  void thatSaysYesToEverythingHoldsUpFewLogins() throws Exception {
    measure("says yes to everything", (_, out) -> write(out, "Content-Length: 5", "<html"));
  }

  /** A service that answers well until it is told to misbehave. */
  private static final class Turning implements RawServer.Behaviour {
    private final RawServer.Behaviour after;
    private final AtomicBoolean turned = new AtomicBoolean();

    Turning(RawServer.Behaviour after) {
      this.after = after;
    }

    @Override
    public void answer(String request, OutputStream out) throws IOException, InterruptedException {
      if (turned.get()) {
        after.answer(request, out);
        return;
      }
      String body =
          switch (request.lines().findFirst().orElse("").split(" ")[1]) {
            case "/latest/api/token" -> "token";
            case "/latest/meta-data/public-keys/" -> "0=launch";
            default -> TestKeys.line(LAUNCH_KEY);
          };
      write(out, "Content-Length: " + body.length(), body);
    }
  }

  private static void write(OutputStream out, String header, String body) throws IOException {
    out.write(
        ("HTTP/1.1 200 OK\r\nConnection: close\r\n" + header + "\r\n\r\n" + body)
            .getBytes(StandardCharsets.US_ASCII));
  }

  private static void measure(String what, RawServer.Behaviour misbehaviour) throws Exception {
    List<Long> waits = new ArrayList<>();
    Turning behaviour = new Turning(misbehaviour);
    try (RawServer server = new RawServer(behaviour);
        Ec2 ec2 = Ec2.open(Map.of("endpoint", server.endpoint().toString()));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(ec2.ask("ec2-user", LAUNCH_KEY)).isInstanceOf(Verdict.Accepted.class);
      int well = server.connections();
      behaviour.turned.set(true);
      List<Callable<List<Long>>> users = new ArrayList<>();
      users.add(() -> logins(ec2, "ec2-user", LAUNCH_KEY, Verdict.Accepted.class));
      for (int user = 1; user < USERS; user++) {
        String name = "user" + user;
        OfferedKey key = TestKeys.ed25519(user);
        users.add(() -> logins(ec2, name, key, Verdict.Unclaimed.class));
      }
      for (Future<List<Long>> user : threads.invokeAll(users)) {
        waits.addAll(user.get());
      }
      assertThat(ec2.ask("ec2-user", LAUNCH_KEY)).isInstanceOf(Verdict.Accepted.class);
      print(what, waits, server.connections() - well);
    }
    assertThat(waits).hasSize(USERS * LOGINS);
  }

  private static void print(String what, List<Long> waits, int connections) {
    waits.sort(null);
    String figure =
        "the service %s: %d logins, %d connections to it; waited p50 %.1f ms, p95 %.1f ms, longest %.0f ms"
            .formatted(
                what,
                waits.size(),
                connections,
                waits.get(waits.size() / 2) / 1e6,
                waits.get(waits.size() * 95 / 100) / 1e6,
                waits.getLast() / 1e6);
    System.out.println(figure);
    assertThat(connections).as("connections to the service").isBetween(1, waits.size() - 1);
  }

  private static List<Long> logins(
      Ec2 ec2, String user, OfferedKey key, Class<? extends Verdict> expected) throws Exception {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < LOGINS; i++) {
      long start = System.nanoTime();
      assertThat(ec2.ask(user, key)).isInstanceOf(expected);
      waits.add(System.nanoTime() - start);
    }
    return waits;
  }
}
