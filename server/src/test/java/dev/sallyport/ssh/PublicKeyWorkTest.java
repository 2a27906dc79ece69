package dev.sallyport.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.SourceNetwork;
import dev.sallyport.transport.KernelThreads;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PublicKeyWorkTest {
  private static final Party ALICE = new Party.User("alice");
  private static final Party BOB = new Party.User("bob");

  private static final int PER_SECOND =
      PublicKeyWork.UNAUTHENTICATED_PER_SECOND * PublicKeyWork.THREADS;
  private static final int BURST = PublicKeyWork.UNAUTHENTICATED_BURST * PublicKeyWork.THREADS;

  private final PublicKeyWork work = new PublicKeyWork();

  @AfterEach
  void close() {
    work.close();
  }

  @Test
  void computesOnFewPlatformThreadsOfLowerPriorityThanTheOthers() throws Exception {
    int usual = Integer.parseInt(niceOfThisThread());
    int low = Math.min(19, usual + KernelThreads.LOW_PRIORITY);
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<PublicKeyWork.Job<String>> jobs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      jobs.add(
          work.submit(
              new Party.User("user" + i),
              () -> {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                String nice = niceOfThisThread();
                now.decrementAndGet();
                return Thread.currentThread().isVirtual() ? "virtual" : nice;
              }));
    }
    for (PublicKeyWork.Job<String> job : jobs) {
      assertThat(job.get().value()).isEqualTo(Integer.toString(low));
    }
    assertThat(most).hasValueLessThanOrEqualTo(PublicKeyWork.THREADS);
    assertThat(work.computed()).isEqualTo(40);
  }

  /** proc(5), /proc/pid/stat: the value is the 19th, and the 17th behind the name. */
  private static String niceOfThisThread() throws Exception {
    String stat = Files.readString(Path.of("/proc/thread-self/stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16];
  }

  @Test
  void partiesTakeTurns() throws Exception {
    CountDownLatch bobHasHisTurn = new CountDownLatch(1);
    List<PublicKeyWork.Job<Boolean>> jobs = new ArrayList<>();
    try (var _ = new BusyWork(work)) {
      jobs.add(work.submit(ALICE, () -> true));
      // They would keep all threads, if bob's turn came after theirs.
      for (int i = 0; i < PublicKeyWork.THREADS; i++) {
        jobs.add(
            work.submit(
                ALICE,
                () -> {
                  bobHasHisTurn.await();
                  return true;
                }));
      }
      jobs.add(
          work.submit(
              BOB,
              () -> {
                bobHasHisTurn.countDown();
                return true;
              }));
      assertThat(work.waiting()).isEqualTo(PublicKeyWork.THREADS + 2);
    }
    for (PublicKeyWork.Job<Boolean> job : jobs) {
      assertThat(job.get().value()).isTrue();
    }
  }

  /** The floods of one source are the case of {@link #refusesWhatIsTooMuchForOneParty}. */
  @Test
  void unauthenticatedClientsTogetherHaveARate() throws Exception {
    int beyond = PER_SECOND / 4;
    List<PublicKeyWork.Job<Boolean>> jobs = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < BURST + beyond; i++) {
      jobs.add(work.submit(source(i), () -> true));
    }
    for (PublicKeyWork.Job<Boolean> job : jobs) {
      assertThat(job.get().value()).isTrue();
    }
    assertThat(System.nanoTime() - begin)
        .isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(beyond) / PER_SECOND);
  }

  @Test
  void usersDoNotWaitForTheRateOfUnauthenticatedClients() throws Exception {
    int floods = Math.min(PublicKeyWork.MOST, BURST + 10 * PER_SECOND);
    for (int i = 0; i < floods; i++) {
      var _ = work.submit(source(i), () -> true);
    }
    for (int i = 0; i < BURST; i++) {
      assertThat(work.submit(ALICE, () -> true).get().value()).isTrue();
    }
    assertThat(work.waiting()).isPositive();
    work.close();
  }

  private static Party source(int number) throws Exception {
    byte[] address = {10, 0, (byte) (number / 256), (byte) number};
    return new Party.Unauthenticated(SourceNetwork.of(InetAddress.getByAddress(address)));
  }

  @Test
  void whatIsTakenBackIsNotComputed() throws Exception {
    long before;
    try (var _ = new BusyWork(work)) {
      before = work.computed();
      PublicKeyWork.Job<Boolean> job = work.submit(ALICE, () -> true);
      work.withdraw(job);
      assertThat(job.isCancelled()).isTrue();
      assertThat(work.waiting()).isZero();
    }
    work.submit(ALICE, () -> true).get();
    assertThat(work.computed()).isEqualTo(before + 1);
  }

  @Test
  void refusesWhatIsTooMuchForOneParty() throws Exception {
    try (var _ = new BusyWork(work)) {
      for (int i = 0; i < PublicKeyWork.MOST_OF_ONE; i++) {
        var _ = work.submit(ALICE, () -> true);
      }
      assertThatThrownBy(() -> work.submit(ALICE, () -> true))
          .isInstanceOf(SshException.class)
          .hasMessageStartingWith("too many key exchanges at once");
      var _ = work.submit(BOB, () -> true);
    }
  }

  @Test
  void keepsPacketsForTheThreadThatWaits() throws Exception {
    ByteArrayBuffer packet = new ByteArrayBuffer();
    assertThat(PublicKeyWork.keeps(packet)).isFalse();
    assertThat(work.submit(ALICE, () -> PublicKeyWork.keeps(packet)).get().packets())
        .containsExactly(packet);
  }

  @Test
  void whatAFailedComputationWantedToSendIsNotSentByTheNextOne() throws Exception {
    PublicKeyWork.Job<Boolean> failing =
        work.submit(
            ALICE,
            () -> {
              PublicKeyWork.keeps(new ByteArrayBuffer());
              throw new IllegalStateException("it fails");
            });
    assertThatThrownBy(failing::get)
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("it fails");
    for (int i = 0; i < PublicKeyWork.THREADS; i++) {
      assertThat(work.submit(ALICE, () -> true).get().packets()).isEmpty();
    }
  }

  /** Half of them could not be kept: what waited in vain must be gone before the next comes. */
  @Test
  void clientsThatLeaveKeepNothing() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx%dm".formatted(Leaving.HEAP_MIB),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Leaving.class.getName())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .endsWith("0 wait\n");
    assertThat(process.waitFor()).isZero();
  }

  /** Clients that ask while nothing is computed, and leave. */
  static final class Leaving {
    private static final int HEAP_MIB = 16;

    /** The smallest object takes 16 bytes: twice the heap. */
    private static final int CLIENTS = 2 * HEAP_MIB * 1024 * 1024 / 16;

    private Leaving() {}

    public static void main(String[] args) throws Exception {
      PublicKeyWork work = new PublicKeyWork();
      BusyWork busy = new BusyWork(work);
      for (int i = 0; i < CLIENTS; i++) {
        work.withdraw(work.submit(ALICE, () -> true));
      }
      System.out.println(work.waiting() + " wait");
      busy.close();
      work.close();
    }
  }

  @Test
  void computesWhatWaitsBeforeItEnds() throws Exception {
    PublicKeyWork.Job<Boolean> job;
    try (var _ = new BusyWork(work)) {
      job = work.submit(ALICE, () -> true);
      work.close();
    }
    assertThat(job.get().value()).isTrue();
  }

  @Test
  void refusesInWordsOnceClosed() {
    work.close();
    assertThatThrownBy(() -> work.submit(ALICE, () -> true))
        .isInstanceOf(SshException.class)
        .hasMessage("the bastion stops");
  }
}
