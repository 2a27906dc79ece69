package dev.sallyport.recording.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.memory.TestShares;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A stock sftp or scp that talks to Debian's sftp-server or scp through two named pipes, and an
 * observer between them. The client's ssh is a script that only says which command it was to run.
 */
final class ObservedSession {
  private static final int LIMIT_SECONDS = 60;

  final List<FileEvent> events = new ArrayList<>();
  final Transcript transcript = new Transcript();
  String command = "";
  String errors = "";
  int exit = -1;

  private ObservedSession() {}

  /** Runs sftp with a batch file in {@code directory}. */
  static ObservedSession sftp(Path directory, boolean keep, String... batch) throws Exception {
    Path file = Files.writeString(directory.resolve("batch"), String.join("\n", batch) + "\n");
    Path ssh = script(directory);
    return run(
        directory,
        keep,
        List.of("sftp", "-q", "-S", ssh.toString(), "-b", file.toString(), "target"));
  }

  /** Runs scp; the target is the host {@code target}. */
  static ObservedSession scp(Path directory, boolean keep, String... arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of("scp", "-S", script(directory).toString()));
    words.addAll(List.of(arguments));
    return run(directory, keep, words);
  }

  private static Path script(Path directory) throws IOException {
    Path script = directory.resolve("ssh");
    Files.writeString(
        script,
        """
        #!/bin/bash
        cd "$(dirname "$0")"
        printf '%s' "${!#}" > command
        # What runs in the background would read /dev/null.
        exec 3<&0
        cat <&3 > up &
        up=$!
        exec 3<&-
        cat < down
        # A real ssh ends in one piece; scp waits for that.
        kill $up 2> /dev/null
        exit 0
        """);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script;
  }

  private static ObservedSession run(Path directory, boolean keep, List<String> words)
      throws Exception {
    for (String pipe : List.of("up", "down", "command")) {
      Files.deleteIfExists(directory.resolve(pipe));
      start(directory, List.of("mkfifo", pipe)).waitFor();
    }
    ObservedSession session = new ObservedSession();
    Process client = start(directory, words);
    client.getOutputStream().close();
    Thread target = Thread.ofPlatform().start(() -> session.serve(directory, keep));
    String errors = new String(client.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(client.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
        .as("%s: %s", words, errors)
        .isTrue();
    target.join();
    session.exit = client.exitValue();
    session.errors = errors;
    return session;
  }

  private static Process start(Path directory, List<String> words) throws IOException {
    return new ProcessBuilder(words)
        .directory(directory.toFile())
        .redirectOutput(
            words.getFirst().equals("/bin/sh")
                ? ProcessBuilder.Redirect.PIPE
                : ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** What an scp client asks for. */
  static ScpCommand scp(String command) {
    if (ScpCommand.read(command.getBytes(StandardCharsets.UTF_8))
        instanceof ScpCommand.Reading.Server(ScpCommand scp)) {
      return scp;
    }
    throw new AssertionError("not a server of scp: " + command);
  }

  private void serve(Path directory, boolean keep) {
    try {
      command = Files.readString(directory.resolve("command"));
      Process server =
          start(
              directory,
              List.of(
                  "/bin/sh",
                  "-c",
                  command.equals("sftp") ? "exec /usr/lib/openssh/sftp-server" : command));
      Transcript.Observer observer =
          command.equals("sftp")
              ? Transcript.sftp(new SftpObserver(events::add, TestShares.of(64L << 20).hold()))
              : Transcript.scp(
                  new ScpObserver(scp(command), events::add, TestShares.of(64L << 20).hold()));
      try (InputStream up = Files.newInputStream(directory.resolve("up"));
          OutputStream down = Files.newOutputStream(directory.resolve("down"))) {
        Thread asking =
            Thread.ofPlatform()
                .start(() -> pump(up, server.getOutputStream(), true, keep, observer));
        Thread.ofPlatform()
            .start(() -> {
              try {
                server.getErrorStream().transferTo(new ByteArrayOutputStream());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
        pump(server.getInputStream(), down, false, keep, observer);
        asking.join();
      }
      observer.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pump(
      InputStream in,
      OutputStream out,
      boolean toTarget,
      boolean keep,
      Transcript.Observer observer) {
    byte[] some = new byte[32 * 1024];
    try (out) {
      for (int count = in.read(some); count >= 0; count = in.read(some)) {
        if (keep) {
          transcript.add(toTarget, some, count);
        }
        if (toTarget) {
          observer.toTarget(some, 0, count);
        } else {
          observer.fromTarget(some, 0, count);
        }
        out.write(some, 0, count);
        out.flush();
      }
    } catch (IOException peerGone) {
      // The other direction ends too.
    }
  }
}
