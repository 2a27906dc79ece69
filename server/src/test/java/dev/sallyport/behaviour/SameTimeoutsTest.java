package dev.sallyport.behaviour;

import dev.sallyport.behaviour.ThreeWays.Behaviour;
import dev.sallyport.behaviour.ThreeWays.Way;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A target's timeouts for idle channels and unused connections (sshd_config(5), {@code
 * ChannelTimeout} and {@code UnusedConnectionTimeout}) end the same with the bastion.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SameTimeoutsTest {
  private static final List<Behaviour> BEHAVIOURS =
      List.of(
          new Behaviour(
              "channel-timeout",
              """
              { ssh $host 'sleep 20; exit 23'; echo $? >command; } &
              { echo 'sleep 3; exit 23' | ssh -T $host; echo $? >shell; } &
              { printf '!sleep 4\\nls /\\n' | sftp -b - $host >listed 2>err; echo $(($? != 0)) >sftp; } &
              mkfifo in; exec 9<>in
              { ssh -W 127.0.0.1:$port $host <in >greeted; echo $? >forward; } &
              master $host
              shared $host 'sleep 20; exit 23'; echo $?
              shared -O check $host 2>said; echo $?
              wait $(jobs -p); cat command shell sftp forward
              """,
              "255\n0\n255\n23\n1\n0\n"),
          new Behaviour(
              "connection-timeout",
              """
              echo 'sleep 5; echo done' |
                ssh -T -o ControlMaster=auto -o ControlPersist=60 -o ControlPath=c \\
                  -L ${free[0]}:127.0.0.1:$port -D ${free[1]} $host-unused 2>err
              wait_until fails shared -O check $host-unused
              greeting ${free[0]}
              """,
              "done\nnothing\n"));

  @TempDir static Path directory;
  private static ThreeWays ways;

  @BeforeAll
  static void start() throws IOException {
    ways =
        new ThreeWays(
            directory,
            Map.of("unused", "UnusedConnectionTimeout 4"),
            // OpenSSH 9.2 does not take it from a Match block.
            "ChannelTimeout session:command=1 session:subsystem:sftp=1 direct-tcpip=1");
  }

  @AfterAll
  static void stop() {
    ways.close();
  }

  static Stream<Arguments> behaviours() {
    return ThreeWays.inAllWays(BEHAVIOURS);
  }

  @ParameterizedTest
  @MethodSource("behaviours")
  void endAlike(Behaviour behaviour, Way way) throws IOException {
    ways.check(behaviour, way);
  }
}
