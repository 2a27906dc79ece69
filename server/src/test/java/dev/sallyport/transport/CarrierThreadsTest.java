package dev.sallyport.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.support.linux.ThreadPriority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class CarrierThreadsTest {
  private static final int CARRIERS = 4;

  /** A process of its own, because the carriers of this one are there already. */
  private static List<String> run(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djdk.virtualThreadScheduler.parallelism=" + CARRIERS,
                "-cp",
                System.getProperty("java.class.path"),
                LowPriority.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  @Test
  void virtualThreadsThatALowThreadStartsAreCarriedAtTheUsualPriority() throws Exception {
    List<String> output = run("keep");
    assertThat(output).hasSizeGreaterThan(CARRIERS);
    assertThat(output.subList(1, output.size())).containsOnly(output.getFirst());
  }

  /** If this fails, the JDK or the kernel does what the class is for, and it can go. */
  @Test
  void withoutItTheyWouldBeCarriedAtItsPriority() throws Exception {
    List<String> output = run("leave");
    assertThat(output.subList(1, output.size())).contains(Integer.toString(LowPriority.LOWEST));
  }

  /** Prints the nice value of the process, and those of the carriers in the end. */
  static final class LowPriority {
    private static final int LOWEST = 19;

    /** What the kernel shows of the names of carriers. */
    private static final String CARRIER = "(ForkJoinPool-1-)";

    private LowPriority() {}

    public static void main(String[] arguments) throws Exception {
      System.out.println(nice(Files.readString(Path.of("/proc/thread-self/stat"))));
      if (arguments[0].equals("keep")) {
        CarrierThreads.startAll();
      }
      Thread.ofPlatform().start(LowPriority::startVirtualThreads).join();
      for (String stat : threads()) {
        if (stat.contains(CARRIER)) {
          System.out.println(nice(stat));
        }
      }
    }

    /** As many as there can be carriers, each of which keeps its own until all have one. */
    private static void startVirtualThreads() {
      try {
        ThreadPriority.lower(LOWEST);
        CountDownLatch running = new CountDownLatch(CARRIERS);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < CARRIERS; i++) {
          all.add(
              Thread.ofVirtual()
                  .start(() -> {
                    running.countDown();
                    while (running.getCount() > 0) {
                      Thread.onSpinWait();
                    }
                  }));
        }
        for (Thread one : all) {
          one.join();
        }
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static List<String> threads() throws IOException {
      List<String> found = new ArrayList<>();
      try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
        for (Path task : tasks.toList()) {
          try {
            found.add(Files.readString(task.resolve("stat")));
          } catch (NoSuchFileException ended) {
            // A thread that ended meanwhile.
          }
        }
      }
      return found;
    }

    /** proc(5), /proc/pid/stat: the value is the 19th, and the 17th behind the name. */
    private static String nice(String stat) {
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16];
    }
  }
}
