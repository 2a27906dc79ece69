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

/** A command's exit status, streams, variables and banner are the same with the bastion. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SameSessionsTest {
  private static final List<Behaviour> BEHAVIOURS =
      List.of(
          new Behaviour(
              "exit-status",
              """
              for status in 0 1 44 255; do
                ssh $host "exit $status"; echo $?
              done
              """,
              "0\n1\n44\n255\n"),
          new Behaviour(
              "exit-status-after-the-output-was-closed",
              """
              for status in 0 4 44; do
                {
                  ssh -n $host "sleep 1; exec >/dev/null 2>&1; sleep 2; exit $status"
                  echo $? >$status
                } &
              done
              wait; cat 0 4 44
              """,
              "0\n4\n44\n"),
          new Behaviour(
              "exit-status-of-a-killed-command", "ssh $host 'kill -TERM $$'; echo $?", "255\n"),
          new Behaviour(
              "killed-client",
              """
              mkfifo in; exec 9<>in
              ssh_pid() { command ssh -F "$config" "$@" <in >out 2>err & pid=$!; }
              ssh_pid $host "touch $dir/begun; cat; touch $dir/over"
              wait_until test -e begun
              kill $pid; wait $pid; echo $?
              wait_until test -e over; echo over
              """,
              "255\nover\n"),
          new Behaviour(
              "background",
              """
              ssh -f $host "read x; touch $dir/done" >out 2>&1; echo $?
              wait_until test -e done
              """,
              "0\n"),
          new Behaviour(
              "transfer",
              """
              ssh -n $host "cat $data" | cmp - $data && echo down
              for size in 10 32k 256k; do
                dd if=$data obs=$size 2>/dev/null | ssh $host "cat >$dir/copy"
                cmp $data copy && echo up $size
              done
              ssh -C $host "cat $data" | cmp - $data && echo compressed
              """,
              "down\nup 10\nup 32k\nup 256k\ncompressed\n"),
          new Behaviour(
              "transfer-sizes",
              """
              master $host
              for size in 0 1 32767 32768 32769; do
                head -c $size $data >part
                shared $host "cat >$dir/up; cat $dir/part" <part >down
                echo $size $?; cmp part up; cmp part down
              done
              """,
              "0 0\n1 0\n32767 0\n32768 0\n32769 0\n"),
          new Behaviour(
              "stderr-data",
              """
              for input in -n -T; do
                ssh $input $host "exec >/dev/null; cat $data >&2" 2>copy; echo $?
                cmp $data copy
                ssh $input $host "echo a; exec >/dev/null; sleep 2; cat $data >&2" 2>copy; echo $?
                cmp $data copy
              done
              """,
              "0\na\n0\n0\na\n0\n"),
          new Behaviour(
              "stderr-after-eof",
              "ssh $host 'exec >/dev/null; sleep 2; seq 4 >&2; exit 4' 2>&1; echo $?",
              "1\n2\n3\n4\n4\n"),
          new Behaviour(
              "broken-pipe",
              """
              for i in 1 2; do ssh $host "echo $i" 2>/dev/null | true; echo $?; done
              cat /dev/zero 2>/dev/null | ssh $host 'exit 5'; echo ${PIPESTATUS[1]}
              """,
              "0\n0\n5\n"),
          new Behaviour(
              "yes-head",
              """
              ssh $host 'while true; do echo yes; done 2>/dev/null | head -2000' |
                (sleep 2; wc -l)
              ssh $host 'yes 2>/dev/null' | head -1
              """,
              "2000\ny\n"),
          new Behaviour(
              "rekey",
              """
              rekeyed() { [ "$(grep -c 'SSH2_MSG_NEWKEYS sent' $1)" -gt 1 ] && echo rekeyed $1; }
              for limit in 16 1k 128k; do
                head -c 200000 $data >part
                [ $limit != 16 ] || head -c 16 $data >part
                [ $limit != 1k ] || head -c 4000 $data >part
                ssh -o LogLevel=DEBUG1 -E $limit -o RekeyLimit=$limit $host \\
                  "cat >$dir/up; cat $dir/part" <part >down
                echo $?; cmp part up; cmp part down; rekeyed $limit
              done
              ssh -o LogLevel=DEBUG1 -E time -o RekeyLimit='default 1' $host 'sleep 3; exit 3'
              echo $?; rekeyed time
              ssh $host-rekeying "cat >$dir/up; sleep 2; cat $data; exit 4" <$data >down
              echo $?; cmp $data up; cmp $data down
              """,
              "0\nrekeyed 16\n0\nrekeyed 1k\n0\nrekeyed 128k\n3\nrekeyed time\n4\n"),
          new Behaviour("connect-uri", "ssh ssh://$user@$host 'exit 7'; echo $?", "7\n"),
          new Behaviour(
              "envpass",
              """
              show='printf "<%s>" "${CLIENT_A-none}" "${CLIENT_B-none}" "${OTHER-none}"; echo'
              ssh $host "$show"
              export CLIENT_A=1 CLIENT_B="two 'words' \\"x\\" \\$y
              für" OTHER=3
              ssh $host "$show"
              ssh -o SendEnv='CLIENT_A OTHER' $host "$show"
              ssh -o SendEnv='CLIENT_*' $host "$show"
              ssh -o SendEnv='CLIENT_B OTHER' $host "$show"
              ssh -o SetEnv='CLIENT_A=4 CLIENT_A=5 OTHER=6 CLIENT_B=' $host "$show"
              ssh -o SetEnv='CLIENT_A=7 CLIENT_B=8' $host-setting "$show"
              """,
              """
              <none><none><none>
              <none><none><none>
              <1><none><none>
              <1><two 'words' "x" $y
              für><none>
              <none><two 'words' "x" $y
              für><none>
              <4><><none>
              <23><8><none>
              """),
          new Behaviour(
              "banner",
              """
              banner=$(dirname "$dir")/../banner
              rm -f $banner
              ssh $host-banner true 2>shown; echo missing $(wc -c <shown)
              for size in 0 10 1000 10000 100000; do
                yes 'a\tbanner' | head -c $size >$banner
                ssh $host-banner 'exit 3' 2>shown; echo $size $?
                cmp $banner shown
              done
              printf 'Zutritt nur für Befugte\\n\\n  Entry by permission only\\n\\n' >$banner
              ssh $host-banner 'echo out' 2>shown
              cmp $banner shown
              """,
              "missing 0\n0 3\n10 3\n1000 3\n10000 3\n100000 3\nout\n"),
          new Behaviour(
              "banner-suppressed",
              """
              banner=$(dirname "$dir")/../banner
              echo banner >$banner
              ssh -q $host-banner true 2>&1
              ssh -o LogLevel=ERROR $host-banner true 2>&1
              """,
              "",
              "banner\nbanner\n"));

  @TempDir static Path directory;
  private static ThreeWays ways;

  @BeforeAll
  static void start() throws IOException {
    ways =
        new ThreeWays(
            directory,
            Map.of(
                "banner", "Banner " + directory.resolve("banner"),
                "setting", "SetEnv CLIENT_A=23 CLIENT_A=42 HOME=" + directory,
                "rekeying", "RekeyLimit 128k 1"));
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
