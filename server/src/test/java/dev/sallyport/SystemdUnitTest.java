package dev.sallyport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.Exit;
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

  /** The last line that names a call decides (systemd.exec(5)). */
  @Test
  void theServerMayLowerThePriorityOfKeyExchanges() throws IOException {
    assertThat(values("SystemCallFilter")).last().isEqualTo("setpriority");
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

  /**
   * So that systemctl start and reload fail where the server does not start, or refuses the file.
   */
  @Test
  void systemctlHearsWhatBecameOfAStartAndAReload() throws IOException {
    assertThat(values("Type")).containsExactly("notify");
    String program = values("ExecStart").getFirst().split(" ")[0];
    assertThat(values("ExecReload"))
        .singleElement()
        .asString()
        .isEqualTo(program + " reload --config /etc/sallyport/sallyport.conf");
  }

  /** systemd does not start a unit whose LoadCredential= names a file that is missing. */
  @Test
  void aFreshInstallationStartsWithoutASecret() throws IOException {
    assertThat(values("LoadCredential")).isEmpty();
    assertThat(Files.readString(Path.of("../Makefile")))
        .contains("install -m 644 config/minimal.conf /etc/sallyport/sallyport.conf");
  }

  /** docs/operating.md says what to write into the unit, and the unit's own example is the same. */
  @Test
  void theDocumentsAgreeOnHowASecretIsHandedOver() throws IOException {
    String example = "LoadCredential=web.pem:/etc/sallyport/credentials/web.pem";
    assertThat(values("#LoadCredential")).containsExactly(example.substring(15));
    assertThat(Files.readString(Path.of("../docs/operating.md")))
        .contains(example, "\"${CREDENTIALS_DIRECTORY}/web.pem\"");
    assertThat(Files.readString(Path.of("../config/sallyport.conf")))
        .contains("\"${CREDENTIALS_DIRECTORY}/");
  }

  @Test
  void noMemoryOfTheServerIsLeftOnTheDisk() throws IOException {
    assertThat(values("LimitCORE")).containsExactly("0");
  }

  /** Nothing that a server can write to can be run. */
  @Test
  void onlyInstalledProgramsRun() throws IOException {
    assertThat(values("NoExecPaths")).containsExactly("/");
    List<String> run = List.of(values("ExecPaths").getFirst().split(" "));
    assertThat(run).contains("/opt/sallyport", "/usr");
    assertThat(values("ExecStart").getFirst()).startsWith("/opt/sallyport/");
    assertThat(run).noneMatch(path -> path.matches("-?/(var|tmp|etc|home|root|srv|run)?(/.*)?"));
  }

  @Test
  void theServerListensOnThePortOfTheDefaultAndNoOther() throws IOException {
    assertThat(values("SocketBindDeny")).containsExactly("tcp");
    assertThat(values("SocketBindAllow")).containsExactly("tcp:22");
  }
}
