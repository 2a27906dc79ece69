package dev.sallyport.plugins.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With real processes. */
@Timeout(60)
class ProcessGroupTest {
  private static Process start(String script) throws Exception {
    return new ProcessBuilder(RunAs.NEW_SESSION, "/bin/sh", "-c", script)
        .redirectErrorStream(true)
        .start();
  }

  @Test
  void whatALeaderThatEndedLeftBehindIsEnded() throws Exception {
    Process leader = start("sleep 1000 & echo $!");
    try (BufferedReader output = leader.inputReader()) {
      ProcessHandle left = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      leader.waitFor();
      assertThat(left.isAlive()).isTrue();

      ProcessGroup.end(leader);

      left.onExit().get(30, TimeUnit.SECONDS);
    }
  }

  /** As if the number of a leader that ended had been given to it. */
  @Test
  void aStrangerWhoLeadsAGroupOfTheSameNumberIsLeftAlone() throws Exception {
    Process stranger = start("echo begun; read line; echo $line");
    try (BufferedReader output = stranger.inputReader();
        var input = stranger.outputWriter()) {
      assertThat(output.readLine()).isEqualTo("begun");

      ProcessGroup.endLeftovers(stranger.pid());

      input.write("lives\n");
      input.flush();
      assertThat(output.readLine()).isEqualTo("lives");
    } finally {
      ProcessGroup.end(stranger);
    }
  }
}
