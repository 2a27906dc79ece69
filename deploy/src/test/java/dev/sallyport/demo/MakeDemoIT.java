package dev.sallyport.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code make demo} does around the demo. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MakeDemoIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path SETUP = ROOT.resolve("deploy/setup");

  /** What a user types as Ctrl-C; the terminal makes SIGINT of it. */
  private static final int CTRL_C = 3;

  @TempDir Path folder;

  private Path program(String name, String text) throws Exception {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Where no JDK is, and where this is said to be the distribution. */
  private RunningDemo.Ended withoutJdk(String release, String command) throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can hide the JDK");
    Path file = Files.writeString(folder.resolve("os-release"), release);
    return RunningDemo.run(
        """
        unshare --mount sh -c '
          mount -t tmpfs tmpfs /usr/lib/jvm && mount --bind %s /etc/os-release && cd %s &&
          exec env -i HOME=%s PATH=/usr/sbin:/usr/bin:/sbin:/bin %s'
        """
            .formatted(file, ROOT, folder, command));
  }

  @ParameterizedTest
  @CsvSource({
    "debian, 12, apt-get install -y temurin-25-jdk",
    "debian, 13, apt-get install -y openjdk-25-jdk-headless",
    "ubuntu, 24.04, apt-get install -y openjdk-25-jdk-headless",
    "amzn, 2023, dnf install -y java-25-amazon-corretto-devel",
    "other, 1, set JAVA_HOME",
  })
  void aMissingJdkIsSaidWithTheCommandsOfTheDistribution(String id, String version, String commands)
      throws Exception {
    RunningDemo.Ended ended =
        withoutJdk("ID=%s\nVERSION_ID=\"%s\"\n".formatted(id, version), "deploy/setup/jdk");
    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.output()).contains("needs a JDK 25").contains(commands);
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "dist", "test"})
  void aMissingJdkIsSaidBeforeAnythingElse(String goal) throws Exception {
    RunningDemo.Ended ended = withoutJdk("ID=debian\nVERSION_ID=\"12\"\n", "make " + goal);
    assertThat(ended.exit()).isNotZero();
    assertThat(ended.output()).startsWith("The build needs a JDK 25").doesNotContain("building");
  }

  @Test
  void theJdkOfThisBuildIsFound() throws Exception {
    RunningDemo.Ended ended = RunningDemo.run(SETUP.resolve("jdk").toString());
    assertThat(ended.exit()).as(ended.output()).isZero();
    assertThat(ended.output()).isEmpty();
  }

  @Test
  void theBuildSaysWhatItBuilds() throws Exception {
    program(
        "mvnw",
        """
        #!/bin/sh
        printf '\\033[0m\\033[0m'
        cat <<'END'
        [INFO] Scanning for projects...
        [INFO] ------------------< dev.sallyport:server >-------------------
        [INFO] Building Sallyport server 1.0-SNAPSHOT                  [4/9]
        [INFO] Downloading from central: https://repo.maven.apache.org/a
        [INFO] Downloaded from central: https://repo.maven.apache.org/a (1 kB at 2 kB/s)
        [INFO] Downloading from central: https://repo.maven.apache.org/b
        [WARNING] something to know

        91 MB, x86_64
        [ERROR] something to mend
        END
        exit $1
        """);
    program("deploy/setup/jdk", "#!/bin/sh\n");
    Path build = program("deploy/setup/build", Files.readString(SETUP.resolve("build")));

    RunningDemo.Ended ended = RunningDemo.run(build + " 3");
    assertThat(ended.exit()).isEqualTo(3);
    assertThat(ended.output().lines().skip(1))
        .containsExactly(
            "building Sallyport server (4 of 9)",
            "  downloading what it needs",
            "91 MB, x86_64",
            "[ERROR] something to mend");
    assertThat(RunningDemo.run(build + " 0").exit()).isZero();
  }

  /** Without the foreground of its own, make is interrupted too and exits with 130. */
  @Test
  void ctrlCEndsMakeWithTheExitCodeOfTheDemo() throws Exception {
    Path demo =
        program(
            "demo",
            """
            #!/usr/bin/env bash
            trap 'echo the demo ended; exit 0' INT
            echo the demo runs
            read -r _
            """);
    Path makefile =
        Files.writeString(
            folder.resolve("Makefile"),
            "demo:\n\t@exec %s %s\n".formatted(SETUP.resolve("foreground"), demo));
    Process terminal =
        // A build that runs in the background ignores SIGINT, and whatever it starts would too.
        // Under
        // `make test` this make would take itself for a part of that one, and print its folders.
        new ProcessBuilder(
                "env",
                "--default-signal=INT,QUIT,HUP",
                "--unset=MAKEFLAGS",
                "--unset=MFLAGS",
                "--unset=MAKELEVEL",
                "script",
                "--quiet",
                "--return",
                "--command",
                "make -f %s demo; echo make exited with $?".formatted(makefile),
                "/dev/null")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = terminal.inputReader(StandardCharsets.UTF_8);
        OutputStream keys = terminal.getOutputStream()) {
      assertThat(output.readLine()).isEqualTo("the demo runs");
      keys.write(CTRL_C);
      keys.flush();
      assertThat(output.readLine()).endsWith("the demo ended");
      assertThat(output.readLine()).isEqualTo("make exited with 0");
    } finally {
      terminal.destroy();
      terminal.waitFor();
    }
  }

  @Test
  void theDemoEndsWithMake() throws Exception {
    Path demo =
        program(
            "demo",
            """
            #!/usr/bin/env bash
            trap 'echo the demo ended; exit 0' TERM
            mkfifo "$0.wait"
            exec 3<>"$0.wait"
            echo the demo runs
            read -r _ <&3
            """);
    Path said = Files.createFile(folder.resolve("said"));
    Process caller =
        new ProcessBuilder(
                "sh",
                "-c",
                "%s %s > %s; echo unreachable".formatted(SETUP.resolve("foreground"), demo, said))
            .start();
    RunningDemo.await("it runs", () -> Files.readString(said).equals("the demo runs\n"));
    caller.destroyForcibly();
    RunningDemo.await("it ends", () -> Files.readString(said).endsWith("\nthe demo ended\n"));
  }
}
