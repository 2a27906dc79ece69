package dev.sallyport.recording.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Debian's ssh and sshd, and between them an observer. */
@Timeout(120)
final class SshGlimpseTest {
  @TempDir private Path directory;

  @Test
  void tellsVersionsAndHasshOfRealPrograms() throws Exception {
    TrafficObserver observer = new TrafficObserver(System::nanoTime);
    String debug = connect(observer);
    Traffic traffic = observer.traffic();
    // ssh's own words for what both sides proposed.
    String client = debug.substring(debug.indexOf("local client KEXINIT proposal"));
    String target = debug.substring(debug.indexOf("peer server KEXINIT proposal"));
    assertThat(traffic.protocol()).isEqualTo("ssh");
    assertThat(traffic.client())
        .contains(
            new Glimpse.Ssh(
                "SSH-2.0-" + word(debug, "Local version string SSH-2.0-"), hassh(client, "ctos")));
    assertThat(traffic.target())
        .contains(
            new Glimpse.Ssh(
                "SSH-2.0-" + word(debug, "remote software version "), hassh(target, "stoc")));
    Sample first = traffic.samples().getFirst();
    assertThat(first.bytesToTarget()).isGreaterThan(1000);
    assertThat(first.readsFromTarget()).isPositive();
  }

  private static Optional<Hassh> hassh(String proposal, String way) throws Exception {
    String algorithms =
        String.join(
            ";",
            word(proposal, "KEX algorithms: "),
            word(proposal, "ciphers " + way + ": "),
            word(proposal, "MACs " + way + ": "),
            word(proposal, "compression " + way + ": "));
    byte[] md5 =
        MessageDigest.getInstance("MD5").digest(algorithms.getBytes(StandardCharsets.US_ASCII));
    return Optional.of(new Hassh(HexFormat.of().formatHex(md5), algorithms));
  }

  private static String word(String text, String after) {
    int start = text.indexOf(after) + after.length();
    return text.substring(start, text.indexOf('\n', start)).strip();
  }

  /** Logs in as far as the key exchange, and gives what ssh said. */
  private String connect(TrafficObserver observer) throws Exception {
    Path key = directory.resolve("host");
    run(List.of("ssh-keygen", "-q", "-N", "", "-t", "ed25519", "-f", key.toString()));
    Path config = directory.resolve("sshd_config");
    Files.writeString(config, "HostKey " + key + "\nPidFile none\n");
    // Debian makes this folder when the service starts; here it does not run as one.
    if ("root".equals(System.getProperty("user.name"))) {
      Files.createDirectories(Path.of("/run/sshd"));
    }
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Thread target = Thread.ofPlatform().start(() -> serve(server, config, observer));
      String debug =
          run(
              List.of(
                  "ssh",
                  "-F",
                  "/dev/null",
                  "-vv",
                  "-o",
                  "BatchMode=yes",
                  "-o",
                  "StrictHostKeyChecking=no",
                  "-o",
                  "UserKnownHostsFile=/dev/null",
                  "-o",
                  "IdentityAgent=none",
                  "-p",
                  Integer.toString(server.getLocalPort()),
                  "nobody@127.0.0.1",
                  "true"));
      target.join();
      return debug;
    }
  }

  private static String run(List<String> words) throws Exception {
    Process process =
        new ProcessBuilder(words)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .replace("\r\n", "\n");
    process.waitFor();
    return said;
  }

  private static void serve(ServerSocket server, Path config, TrafficObserver observer) {
    try (Socket socket = server.accept()) {
      Process sshd =
          new ProcessBuilder(List.of("/usr/sbin/sshd", "-i", "-f", config.toString()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      InputStream fromClient = socket.getInputStream();
      Thread up =
          Thread.ofPlatform()
              .start(() -> pump(fromClient, sshd.getOutputStream(), observer::toTarget));
      pump(sshd.getInputStream(), socket.getOutputStream(), observer::fromTarget);
      up.join();
      sshd.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pump(InputStream in, OutputStream out, Consumer<ByteBuffer> observer) {
    byte[] some = new byte[700];
    try (out) {
      for (int count = in.read(some); count >= 0; count = in.read(some)) {
        observer.accept(ByteBuffer.wrap(some, 0, count));
        out.write(some, 0, count);
        out.flush();
      }
    } catch (IOException peerGone) {
      // The other direction ends too.
    }
  }
}
