package dev.sallyport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the server needs of its systemd unit. */
final class SystemdUnitTest {
  private static List<String> values(String key) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("../deploy/systemd/sallyport.service"))) {
      return lines
          .filter(line -> line.startsWith(key + "="))
          .map(line -> line.substring(key.length() + 1))
          .toList();
    }
  }

  /** systemd.service(5): RestartPreventExitStatus has no effect on ExecStartPre. */
  @Test
  void aWrongConfigurationIsNotStartedAgainAndAgain() throws IOException {
    assertThat(values("RestartPreventExitStatus"))
        .containsExactly(Integer.toString(Exit.CONFIGURATION));
    assertThat(values("ExecStart")).hasSize(1);
    assertThat(values("ExecStartPre")).isEmpty();
  }

  /** Java takes a machine without /proc/net/if_inet6 for one without IPv6. */
  @Test
  void theServerSeesWhatNetworksTheMachineHas() throws IOException {
    assertThat(values("ProcSubset")).isEmpty();
    assertThat(values("RestrictAddressFamilies"))
        .singleElement()
        .asString()
        .contains("AF_INET6", "AF_NETLINK");
  }
}
