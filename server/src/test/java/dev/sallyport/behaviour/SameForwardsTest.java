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
 * Forwards behave the same with the bastion. In a recorded connection remote forwards and Unix
 * sockets are refused.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SameForwardsTest {
  private static final List<Behaviour> BEHAVIOURS =
      List.of(
          new Behaviour(
              "local-chain",
              """
              master -o ExitOnForwardFailure=yes -L ${free[0]}:127.0.0.1:${free[1]} \\
                -L ${free[1]}:127.0.0.1:${free[2]} -L ${free[2]}:127.0.0.1:$port $host
              ssh -o HostKeyAlias=forwarded -p ${free[0]} direct "cat $data; exit 3" >copy; echo $?
              cmp $data copy
              ssh -o HostKeyAlias=forwarded -p ${free[0]} direct "cat >$dir/up" <$data; echo $?
              cmp $data up
              """,
              "3\n0\n"),
          new Behaviour(
              "chain",
              """
              master -o ExitOnForwardFailure=yes -L ${free[0]}:127.0.0.1:${free[1]} \\
                -R ${free[1]}:127.0.0.1:${free[2]} -L ${free[2]}:127.0.0.1:$port $host; echo $?
              greeting ${free[0]}
              """,
              "0\nSSH-2.0\n",
              "255\nnothing\n"),
          new Behaviour(
              "exit-on-local-forward-failure",
              """
              locals() { printf -- "-L %s:127.0.0.1:$port " "$@"; }
              ssh -o ExitOnForwardFailure=yes $(locals "${free[@]:0:4}") $host 'exit 3'; echo $?
              ssh -o ExitOnForwardFailure=yes $(locals ${free[4]} ${free[5]}) \\
                -L ${free[4]}:localhost:$port $host true 2>err
              echo $?
              ssh $(locals ${free[6]}) -L ${free[6]}:localhost:$port $host 'exit 4' 2>err; echo $?
              """,
              "3\n255\n4\n"),
          new Behaviour(
              "exit-on-remote-forward-failure",
              """
              remote() { printf -- "-R %s:127.0.0.1:$port " "$@"; }
              ssh -o ExitOnForwardFailure=yes $(remote "${free[@]:0:4}") $host 'exit 3' 2>err
              echo $?
              ssh -o ExitOnForwardFailure=yes $(remote ${free[4]} ${free[5]}) \\
                -R ${free[4]}:localhost:$port $host true 2>err
              echo $?
              ssh $(remote ${free[6]} ${free[7]}) $host 'exit 4' 2>err; echo $?
              grep -c 'Warning: remote port forwarding failed' err
              """,
              "3\n255\n4\n0\n",
              "255\n255\n4\n2\n"),
          new Behaviour(
              "clear-all-forwardings",
              """
              master -o ClearAllForwardings=yes -o ExitOnForwardFailure=yes \\
                -L ${free[0]}:127.0.0.1:$port -R ${free[1]}:127.0.0.1:$port $host; echo $?
              greeting ${free[0]}; greeting ${free[1]}
              """,
              "0\nnothing\nnothing\n"),
          new Behaviour(
              "configured-forward",
              """
              master -o "LocalForward=${free[0]} 127.0.0.1:$port" $host; echo $?
              greeting ${free[0]}
              """,
              "0\nSSH-2.0\n"),
          new Behaviour(
              "stdio-forward",
              """
              ssh -o "ProxyCommand=ssh -q -F $config -W %h:%p $host" direct "cat $data; exit 5" >copy
              echo $?; cmp $data copy
              """,
              "5\n"),
          new Behaviour(
              "nobody-listens",
              """
              ssh -W 127.0.0.1:${free[0]} $host 2>err; echo $?
              grep -o 'open failed: connect failed' err; grep -o 'Connection refused' err
              master -L ${free[1]}:127.0.0.1:${free[0]} $host
              greeting ${free[1]}
              shared $host 'exit 3'; echo $?
              """,
              "255\nopen failed: connect failed\nConnection refused\nnothing\n3\n"),
          new Behaviour(
              "target-forbids",
              """
              for why in none elsewhere; do
                ssh -W 127.0.0.1:$port $host-$why 2>err; echo $?
                grep -o 'open failed: administratively prohibited' err
                ssh $host-$why 'exit 3'; echo $?
              done
              ssh -W 127.0.0.1:$port $host-there </dev/null | head -c 7; echo
              """,
              "255\nopen failed: administratively prohibited\n3\n".repeat(2) + "SSH-2.0\n"),
          new Behaviour(
              "dynamic-forward",
              """
              master -o ExitOnForwardFailure=yes -D ${free[0]} $host; echo $?
              for version in 4 4a 5 5-hostname; do
                for name in 127.0.0.1 localhost; do
                  curl -s -4 --http0.9 --socks$version 127.0.0.1:${free[0]} http://$name:$port/ |
                    head -c 7
                  echo " $version $name"
                done
              done
              """,
              """
              0
              SSH-2.0 4 127.0.0.1
              SSH-2.0 4 localhost
              SSH-2.0 4a 127.0.0.1
              SSH-2.0 4a localhost
              SSH-2.0 5 127.0.0.1
              SSH-2.0 5 localhost
              SSH-2.0 5-hostname 127.0.0.1
              SSH-2.0 5-hostname localhost
              """),
          new Behaviour(
              "unix-sockets",
              """
              master -L $dir/first:$dir/second $host; echo $?
              ssh -q -f -N -M -S c2 -L $dir/second:127.0.0.1:$port direct >log 2>&1
              curl -s --http0.9 --unix-socket first http://x/ | head -c 7; echo
              ssh -S c2 -O exit direct 2>err
              shared $host 'exit 3'; echo $?
              """,
              "0\nSSH-2.0\n3\n",
              "0\n\n3\n"),
          new Behaviour(
              "agent",
              """
              eval $(ssh-agent -s) >/dev/null
              trap 'ssh-agent -k >/dev/null' EXIT
              ssh-keygen -q -t ed25519 -N '' -f key; ssh-add -q key
              for forward in '-o ForwardAgent=no' -A; do
                ssh -o IdentityAgent=SSH_AUTH_SOCK $forward $host 'ssh-add -l 2>&1 | wc -l; ssh-add -l 2>&1 | cut -d" " -f 1'
              done
              """,
              "1\nCould\n1\n256\n"));

  @TempDir static Path directory;
  private static ThreeWays ways;

  @BeforeAll
  static void start() throws IOException {
    ways =
        new ThreeWays(
            directory,
            Map.of(
                "none",
                "AllowTcpForwarding no",
                "elsewhere",
                "PermitOpen 127.0.0.1:1",
                "there",
                "PermitOpen 127.0.0.1:*"));
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
