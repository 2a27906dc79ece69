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

/** Sessions that share a connection (ControlMaster) behave the same with the bastion. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SameMultiplexTest {
  private static final List<Behaviour> BEHAVIOURS =
      List.of(
          new Behaviour(
              "environment",
              """
              master -o SendEnv='CLIENT_*' $host
              CLIENT_A=one shared -o SendEnv=CLIENT_A $host 'echo "$CLIENT_A"'
              CLIENT_A=two OTHER=three shared -o SendEnv='CLIENT_* OTHER' $host sh <<'EOF'
              echo "$CLIENT_A" "${OTHER-none}"
              EOF
              """,
              "one\ntwo none\n"),
          new Behaviour(
              "transfer",
              """
              master $host
              for mode in '' '-O proxy'; do
                shared $mode $host "cat $data" | cmp - $data && echo down $mode
                shared $mode $host "cat >$dir/up" <$data; echo $?
                cmp $data up && echo up $mode
              done
              echo "get $data got" | sftp -b - -o ControlPath=c $host >listed; echo $?
              cmp $data got && echo sftp
              for protocol in -O -s; do
                scp $protocol -o ControlPath=c $host:$data copied; echo $?
                cmp $data copied && echo scp $protocol
                rm copied
              done
              """,
              """
              down
              0
              up
              down -O proxy
              0
              up -O proxy
              0
              sftp
              0
              scp -O
              0
              scp -s
              """),
          new Behaviour(
              "exit-status",
              """
              master $host
              for mode in '' '-O proxy'; do
                for status in 0 1 4 5 44 255; do
                  shared $mode $host "exit $status"; echo $?
                done
                # A program that goes on after both sides have ended their data.
                for status in 0 4 44; do
                  {
                    shared -n $mode $host "sleep 1; exec >/dev/null 2>&1; sleep 2; exit $status"
                    echo $? >$status
                  } &
                done
                wait; cat 0 4 44
              done
              """,
              "0\n1\n4\n5\n44\n255\n0\n4\n44\n".repeat(2)),
          new Behaviour(
              "forward-and-cancel",
              """
              master $host
              shared -O forward -L ${free[0]}:127.0.0.1:$port $host; echo $?
              wait_until greets ${free[0]}
              ssh -o HostKeyAlias=forwarded -p ${free[0]} direct 'exit 9'; echo $?
              shared -O cancel -L ${free[0]}:127.0.0.1:$port $host; echo $?
              wait_until fails greets ${free[0]}
              shared -O forward -D ${free[1]} $host; echo $?
              curl -s --http0.9 --socks5 127.0.0.1:${free[1]} http://127.0.0.1:$port/ | head -c 7; echo
              shared -O cancel -D ${free[1]} $host; echo $?
              greeting ${free[1]}
              shared -O forward -L $dir/local:127.0.0.1:$port $host; echo $?
              curl -s --http0.9 --unix-socket local http://x/ | head -c 7; echo
              shared -O cancel -L $dir/local:127.0.0.1:$port $host; echo $?
              curl -s --http0.9 --unix-socket local http://x/; echo $?
              """,
              """
              0
              9
              0
              0
              SSH-2.0
              0
              nothing
              0
              SSH-2.0
              0
              7
              """),
          new Behaviour(
              "remote-forward-and-cancel",
              """
              master $host
              shared -O forward -R ${free[0]}:127.0.0.1:$port $host 2>said; echo $?
              grep -o 'remote port forwarding failed' said
              greeting ${free[0]}
              shared -O cancel -R ${free[0]}:127.0.0.1:$port $host 2>said; echo $?
              greeting ${free[0]}
              shared $host 'echo a session goes on'
              """,
              "0\nSSH-2.0\n0\nnothing\na session goes on\n",
              "255\nremote port forwarding failed\nnothing\n0\nnothing\na session goes on\n"),
          new Behaviour(
              "stop",
              """
              master $host
              pid=$(shared -O check $host 2>&1 | tr -dc 0-9)
              mkfifo in; exec 9<>in
              shared $host 'echo begun; read x; echo "$x"; exit 6' <in >out &
              session=$!
              wait_until grep begun out
              shared -O stop $host 2>&1
              shared -O check $host 2>said; echo $?
              echo end >&9
              wait $session; echo $?; cat out
              wait_until fails kill -0 $pid
              """,
              "Stop listening request sent.\r\n255\n6\nbegun\nend\n"),
          new Behaviour(
              "exit",
              """
              master $host
              pid=$(shared -O check $host 2>&1 | tr -dc 0-9)
              shared $host 'exit 8'; echo $?
              shared -O exit $host 2>&1
              wait_until fails kill -0 $pid
              test -e c; echo $?
              """,
              "8\nExit request sent.\r\n1\n"),
          new Behaviour(
              "persist",
              """
              auto() { ssh -o ControlMaster=auto -o ControlPersist=60 -o ControlPath=c "$@"; }
              auto $host 'exit 3' 2>err; echo $?
              auto $host 'cat; exit 4' <$data >down; echo $?; cmp $data down
              auto -tt $host 'stty -onlcr; exit 5' </dev/null 2>err; echo $?
              """,
              "3\n4\n5\n"));

  @TempDir static Path directory;
  private static ThreeWays ways;

  @BeforeAll
  static void start() throws IOException {
    ways = new ThreeWays(directory, Map.of());
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
