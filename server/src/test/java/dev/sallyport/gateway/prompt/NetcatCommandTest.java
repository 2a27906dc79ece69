package dev.sallyport.gateway.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetcatCommandTest {
  @ParameterizedTest
  @CsvSource({
    "nc 10.0.2.15 22, 10.0.2.15, 22",
    "netcat db.internal 5432, db.internal, 5432",
    "nc -q0 10.0.2.15 22, 10.0.2.15, 22",
    "nc -q 0 10.0.2.15 22, 10.0.2.15, 22",
    "netcat -q0 10.0.2.15 22, 10.0.2.15, 22",
    "nc fd00::1 22, fd00::1, 22",
    "/usr/bin/nc 10.0.2.15 22, 10.0.2.15, 22",
    "  nc   '10.0.2.15' \"22\" , 10.0.2.15, 22",
    "nc 127.1 65535, 127.1, 65535",
    "socat - TCP:10.0.2.15:22, 10.0.2.15, 22",
    "socat STDIO tcp:web.internal:443, web.internal, 443",
    "socat stdio TCP:[fd00::1]:22, fd00::1, 22",
    "socat - TCP4:10.0.2.15:22, 10.0.2.15, 22",
    "socat - TCP6:[fd00::1]:22, fd00::1, 22"
  })
  void whatJoinsStandardInputToATargetIsUnderstood(String line, String host, int port) {
    assertThat(NetcatCommand.read(line)).contains(new Target(host, port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nc",
        "nc 10.0.2.15",
        "nc 10.0.2.15 22 23",
        "nc 10.0.2.15 ssh",
        "nc 10.0.2.15 0",
        "nc 10.0.2.15 65536",
        "nc 10.0.2.15 99999999999",
        "nc 10.0.2.15 +22",
        "nc 10.0.2.15 22; id",
        "nc 10.0.2.15 22 2>/dev/null",
        "nc 10.0.2.15 22|tee",
        "nc -l 22",
        "nc -e/bin/sh 10.0.2.15 22",
        "nc -q1 10.0.2.15 22",
        "nc -q 1 10.0.2.15 22",
        "nc -q0 -u 10.0.2.15 22",
        "nc -u 10.0.2.15 22",
        "nc '' 22",
        "nc '10.0.2.15 22",
        "ncat 10.0.2.15 22",
        "ssh nc 10.0.2.15 22",
        "socat - UDP:10.0.2.15:22",
        "socat - TCP:10.0.2.15:22,reuseaddr",
        "socat - TCP-LISTEN:22",
        "socat - TCP:10.0.2.15",
        "socat -d - TCP:10.0.2.15:22",
        "socat EXEC:sh TCP:10.0.2.15:22",
        "socat TCP:10.0.2.15:22 -",
        "socat - TCP4:[fd00::1]:22",
        "socat - TCP6:10.0.2.15:22",
        "socat - TCP6:web.internal:22"
      })
  void whatCouldMeanAnythingElseIsNot(String line) {
    assertThat(NetcatCommand.read(line)).isEmpty();
  }
}
