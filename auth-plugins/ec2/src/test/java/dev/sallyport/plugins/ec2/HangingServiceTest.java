package dev.sallyport.plugins.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.plugins.openssh.TestKeys;
import dev.sallyport.spi.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What logins wait for a metadata service that misbehaves: a hundred users at once, twenty logins
 * each, one after the other. The README has the figures; what is asserted is that each is answered,
 * and that the service is not asked once a login.
 */
@Timeout(120)
class HangingServiceTest {
  private static final int USERS = 100;
  private static final int LOGINS = 20;

  @Test
  void thatHangsHoldsUpFewLogins() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (RawServer server = new RawServer((_, _) -> never.await())) {
      measure("hangs", server);
    }
  }

  @Test
  void thatAnswersByteByByteHoldsUpFewLogins() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    byte[] head =
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    try (RawServer server =
        new RawServer((_, out) -> {
          for (byte one : head) {
            out.write(one);
            out.flush();
            if (never.await(1, TimeUnit.SECONDS)) {
              return;
            }
          }
        })) {
      measure("answers a byte a second", server);
    }
  }

  @Test
  void thatSaysYesToEverythingHoldsUpFewLogins() throws Exception {
    try (RawServer server = RawServer.always("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<html")) {
      measure("says yes to everything", server);
    }
  }

  private static void measure(String what, RawServer server) throws Exception {
    List<Long> waits = new ArrayList<>();
    try (Ec2 ec2 = Ec2.open(Map.of("endpoint", server.endpoint().toString()));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<List<Long>>> users = new ArrayList<>();
      for (int user = 0; user < USERS; user++) {
        String name = user == 0 ? "ec2-user" : "user" + user;
        users.add(() -> logins(ec2, name));
      }
      for (Future<List<Long>> user : threads.invokeAll(users)) {
        waits.addAll(user.get());
      }
    }
    waits.sort(null);
    String figure =
        "the service %s: %d logins, %d connections to it; waited p50 %.1f ms, p95 %.1f ms, longest %.0f ms"
            .formatted(
                what,
                waits.size(),
                server.connections(),
                waits.get(waits.size() / 2) / 1e6,
                waits.get(waits.size() * 95 / 100) / 1e6,
                waits.getLast() / 1e6);
    System.out.println(figure);
    assertThat(waits).hasSize(USERS * LOGINS);
  }

  private static List<Long> logins(Ec2 ec2, String user) throws Exception {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < LOGINS; i++) {
      long start = System.nanoTime();
      assertThat(ec2.ask(user, TestKeys.ed25519(i))).isEqualTo(new Verdict.Unclaimed());
      waits.add(System.nanoTime() - start);
    }
    return waits;
  }
}
