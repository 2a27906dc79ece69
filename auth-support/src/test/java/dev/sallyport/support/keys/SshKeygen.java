package dev.sallyport.support.keys;

import dev.sallyport.spi.OfferedKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real ssh-keygen, in a folder of its own. */
public final class SshKeygen {
  private final Path folder;

  public SshKeygen(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /** What came of a run: its exit status, and what it printed to both. */
  public record Run(int status, String output) {}

  /** Runs it in the folder. */
  public Run run(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ssh-keygen"));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("ssh-keygen does not end");
      }
      return new Run(process.exitValue(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void must(String... arguments) {
    Run run = run(arguments);
    if (run.status() != 0) {
      throw new AssertionError(List.of(arguments) + ": " + run.output());
    }
  }

  /** Makes a key pair; {@code type} may have more arguments in it, such as {@code rsa -b 2048}. */
  public Path key(String name, String type) {
    List<String> arguments = new ArrayList<>(List.of("-q", "-N", "", "-C", name, "-f", name, "-t"));
    arguments.addAll(List.of(type.split(" ")));
    must(arguments.toArray(String[]::new));
    return folder.resolve(name);
  }

  /** An ed25519 one. */
  public Path key(String name) {
    return key(name, "ed25519");
  }

  /** Signs a key's public half; the certificate is in {@code NAME-cert.pub}. */
  public OfferedKey sign(String authority, String name, String... options) {
    List<String> arguments = new ArrayList<>(List.of("-q", "-s", authority));
    arguments.addAll(List.of(options));
    arguments.add(name + ".pub");
    must(arguments.toArray(String[]::new));
    return publicKey(name + "-cert");
  }

  /** The key in {@code NAME.pub}. */
  public OfferedKey publicKey(String name) {
    return new OfferedKey(Base64.getDecoder().decode(line(name).split(" ")[1]));
  }

  /** The line in {@code NAME.pub}. */
  public String line(String name) {
    try {
      return Files.readString(folder.resolve(name + ".pub")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a revocation list from specification lines and public keys' files. */
  public byte[] krl(String name, List<String> specification, List<String> more) {
    try {
      Path lines = Files.write(folder.resolve(name + ".txt"), specification);
      List<String> arguments = new ArrayList<>(List.of("-q", "-k", "-f", name));
      arguments.addAll(more);
      arguments.add(lines.toString());
      must(arguments.toArray(String[]::new));
      return Files.readAllBytes(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether ssh-keygen finds the key in {@code FILE.pub} revoked by the list ({@code -Q}). */
  public boolean isRevoked(String list, String name) {
    Run run = run("-Q", "-f", list, name + ".pub");
    boolean revoked = run.output().contains("REVOKED");
    if (!revoked && !run.output().contains(": ok")) {
      throw new AssertionError(run.output());
    }
    return revoked;
  }
}
