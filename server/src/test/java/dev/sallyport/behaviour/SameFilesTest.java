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

/** What scp and sftp do is the same with the bastion: files, permissions, refusals and statuses. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SameFilesTest {
  /** Shares one connection; makes files to copy. */
  private static final String FILES =
      """
      master $host
      scp() { command scp -q -F "$config" -o ControlPath=c "$@"; }
      sftp() { command sftp -q -F "$config" -o ControlPath=c "$@"; }
      mkdir -p tree/a/d tree/b folder
      echo A >tree/a/A.txt; echo B >tree/b/B.txt; head -c 70000 $data >tree/a/d/D
      echo space >'tree/with space.txt'; echo quote >'tree/with"quote'; echo star >'tree/st*r'
      echo starr >tree/starr; : >tree/empty
      chmod 640 tree/a/A.txt; chmod 700 tree/a/d; touch -d @1700000000 tree/a/A.txt
      # Runs sftp's commands; prints its exit status, and what it says where that is asked for.
      batch() { sftp -b - "$@" $host >said 2>&1; echo $?; }
      """;

  private static final List<Behaviour> BEHAVIOURS =
      List.of(
          scp("scp", "-s", 255),
          scp("scp-old-protocol", "-O", 1),
          new Behaviour(
              "sftp-buffers",
              FILES
                  + """
                  head -c 2000 $data >part
                  for buffer in 5 1000 32000 64000; do
                    for requests in 1 2 10; do
                      file=$dir/part; [ $buffer = 5 ] || file=$data
                      printf 'get %s got\\nput %s %s/up\\n' $file $file $dir |
                        batch -B $buffer -R $requests
                      cmp $file got; cmp $file up; rm -f got up
                    done
                  done
                  """,
              "0\n".repeat(12)),
          new Behaviour(
              "sftp-batch",
              FILES
                  + """
                  printf 'cd %s\\nget tree/a/A.txt\\nput A.txt up\\n-put none none\\nrm up\\n' $dir | batch
                  ls A.txt; test -e up; echo $?
                  printf '# a comment\\n\\n  \\nls /\\n' | batch
                  printf 'cd %s\\nput none x\\nmkdir never\\n' $dir | batch
                  printf 'nonsense\\n' | batch
                  printf 'cd /none\\nput A.txt\\n' | batch
                  printf '@-ls /none\\n@pwd\\n' | batch
                  test -e never; echo $?
                  """,
              "0\nA.txt\n1\n0\n1\n1\n1\n0\n1\n"),
          new Behaviour(
              "sftp-commands",
              FILES
                  + """
                  batch <<EOF
                  cd $dir
                  pwd
                  lcd $dir/folder
                  lpwd
                  EOF
                  batch <<EOF
                  cd $dir
                  lcd folder
                  get tree/a/A.txt
                  get "tree/with space.txt"
                  get tree/with\\\\ space.txt escaped
                  get "tree/with\\\\"quote"
                  get tree/st\\\\*r
                  get tree/*.txt
                  get -R tree whole
                  get -p tree/a/A.txt same-time
                  put -R whole up
                  put -p same-time up-time
                  mkdir made
                  put same-time made/
                  put "with space.txt" "made/with space"
                  rename made/same-time made/renamed
                  rename -l made/renamed made/renamed-again
                  ln made/renamed-again hard
                  ln -s hard soft
                  cp hard copied
                  chmod 600 copied
                  mkdir gone
                  rmdir gone
                  rm folder/escaped
                  df $dir
                  df -h
                  ls -l made
                  ls -1 tree
                  !echo local
                  version
                  EOF
                  diff -r tree folder/whole; diff -r folder/whole up
                  cmp folder/same-time up-time
                  stat -c '%a %Y' folder/same-time up-time
                  stat -c '%a %h' copied hard; readlink soft
                  ls folder made; test -e gone; echo $?
                  """,
              """
              0
              0
              640 1700000000
              640 1700000000
              600 1
              640 2
              hard
              folder:
              A.txt
              same-time
              st*r
              whole
              with space.txt
              with"quote

              made:
              renamed-again
              with space
              1
              """),
          new Behaviour(
              "sftp-bad-commands",
              FILES
                  + """
                  quiet() { sftp $host >said 2>&1; echo $?; }
                  echo "get /none got" | quiet; test -e got; echo $?
                  echo "get $dir/tree/* /none" | quiet
                  echo "put none up" | quiet
                  echo "put tree/* $dir/none" | quiet
                  echo "rename $dir/none $dir/other" | quiet
                  echo "rename $dir/tree/starr $dir/folder" | quiet; cat tree/starr
                  echo "put tree/* $dir/tree/starr" | quiet; cat tree/starr
                  echo "rmdir $dir/tree" | quiet; ls tree | wc -l
                  echo "cd $data" | quiet
                  echo "ln -s x $dir/tree/starr" | quiet; cat tree/starr
                  echo "chmod 0 $dir/none" | quiet
                  """,
              """
              0
              1
              0
              0
              0
              0
              0
              starr
              0
              starr
              0
              7
              0
              0
              starr
              0
              """),
          new Behaviour(
              "sftp-glob",
              FILES
                  + """
                  list() {
                    printf 'cd %s/tree\\nls -1 %s\\n' $dir "$1" | sftp -b - $host 2>&1 |
                      grep -v '^sftp>' | sed "s|$dir|DIR|" | tr -d '\\r'
                  }
                  touch 'tree/sl\\ash' 'tree/end\\' 'tree/ü'
                  list 's*r*'
                  list 'st\\*r'
                  list '"st*r"'
                  list '"with\\"quote"'
                  list "'with\\"quote'"
                  list 'with\\ space.txt'
                  list "'with space.txt'"
                  list 'sl\\\\ash'
                  list 'end\\\\'
                  list '[a-b]'
                  list 'ü'
                  list '*none*'
                  """,
              """
              st*r
              starr
              st*r
              st*r
              with"quote
              with"quote
              with space.txt
              with space.txt
              sl\\ash
              end\\
              a/
              b/
              ü
              Can't ls: "DIR/tree/*none*" not found
              """),
          new Behaviour(
              "sftp-resume",
              FILES
                  + """
                  for size in 0 1 1024 299999 300000; do
                    for command in reget 'get -a' reput 'put -a'; do
                      head -c $size $data >part
                      echo "$command $data $dir/part" | batch
                      cmp $data part
                    done
                  done
                  """,
              "0\n".repeat(18) + "1\n1\n"),
          new Behaviour(
              "sftp-permissions",
              FILES
                  + """
                  on() {
                    command sftp -q -F "$config" -b - -o ControlPath=c-$1 $host-$1 >said 2>&1
                    echo $?
                  }
                  chmod 644 tree/starr
                  for kind in readonly nodelete; do
                    rm -rf up; echo $kind
                    ssh -f -N -M -S c-$kind $host-$kind >log 2>&1
                    echo "get $data got" | on $kind; cmp $data got
                    echo "put $data $dir/up" | on $kind; test -e up; echo $?
                    echo "mkdir $dir/made-$kind" | on $kind; test -e made-$kind; echo $?
                    echo "chmod 600 $dir/tree/starr" | on $kind; stat -c %a tree/starr
                    echo "rm $dir/tree/starr" | on $kind; test -e tree/starr; echo $?
                    echo "rename $dir/tree/empty $dir/moved" | on $kind; test -e moved; echo $?
                    echo "ls $dir" | on $kind
                    ssh -S c-$kind -O exit any 2>/dev/null
                  done
                  """,
              """
              readonly
              0
              1
              1
              1
              1
              1
              644
              1
              0
              1
              1
              0
              nodelete
              0
              0
              0
              0
              0
              0
              600
              1
              0
              1
              1
              0
              """),
          new Behaviour(
              "sftp-addresses",
              FILES
                  + """
                  sftp sftp://$user@$host/$data got >said; echo $?; cmp $data got
                  sftp $host:$data folder >said; echo $?; cmp $data folder/data
                  sftp -r $host:$dir/tree folder >said; echo $?; diff -r tree folder/tree
                  echo 'put tree/starr' | sftp -b - sftp://$user@$host/$dir/folder/ >said; echo $?
                  cmp tree/starr folder/starr
                  echo 'put tree/starr two' | sftp -b - sftp://$user@$host/$dir/folder >said; echo $?
                  cmp tree/starr folder/two
                  sftp $host:/none got 2>err; echo $?
                  """,
              """
              0
              0
              0
              0
              0
              1
              """));

  /**
   * @param notCopied scp's exit status for files that it has not begun to copy
   */
  private static Behaviour scp(String name, String protocol, int notCopied) {
    return new Behaviour(
        name,
        FILES
            + "protocol="
            + protocol
            + "\n"
            + """
            ours() { scp $protocol "$@"; echo $?; }
            ours $data $host:$dir/up; cmp $data up
            ours $host:$data down; cmp $data down
            ours $data $host:$dir/folder; cmp $data folder/data
            ours $host:$dir/tree/a/A.txt $host:$dir/tree/b/B.txt folder; cat folder/*.txt
            ours -r tree $host:$dir/up-tree; diff -r tree up-tree
            ours -r $host:$dir/tree down-tree; diff -r tree down-tree
            mkdir many
            ours "$host:$dir/tree/*/*.txt" many 2>err; cat many/*
            ours -p $host:$dir/tree/a/A.txt same-time; stat -c '%a %Y' same-time
            ours -p tree/a/A.txt $host:$dir/up-time; stat -c '%a %Y' up-time
            ours -3 $host:$data $host:$dir/third; cmp $data third
            ours tree/empty $host:$dir/up; wc -c <up
            ours -C -l 80000 $data $host:$dir/limited; cmp $data limited
            ours scp://$user@$host/$data uri; cmp $data uri
            ours $data scp://$user@$host/$dir/up-uri; cmp $data up-uri
            ours $host:$dir/none x 2>err
            ours $host:$dir/tree x 2>err
            ours tree/a/A.txt tree/b/B.txt $host:$data 2>err
            ours none $host:$dir/x 2>err
            ours tree/starr $host:$dir/none/x 2>err
            ours tree/starr tree $host:$dir/folder 2>err; cat folder/starr
            """,
        """
        0
        0
        0
        0
        A
        B
        0
        0
        0
        A
        B
        0
        640 1700000000
        0
        640 1700000000
        0
        0
        0
        0
        0
        0
        1
        1
        %1$d
        %1$d
        1
        1
        starr
        """
            .formatted(notCopied));
  }

  @TempDir static Path directory;
  private static ThreeWays ways;

  @BeforeAll
  static void start() throws IOException {
    ways =
        new ThreeWays(
            directory,
            Map.of(
                "readonly",
                "ForceCommand internal-sftp -R",
                "nodelete",
                "ForceCommand internal-sftp -P remove,rename,posix-rename,rmdir"));
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
