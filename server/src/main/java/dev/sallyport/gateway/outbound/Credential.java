package dev.sallyport.gateway.outbound;

import dev.sallyport.gateway.outbound.CredentialSource.Passphrase;
import dev.sallyport.ssh.KeyFile;
import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A credential that the bastion logs in with, ready for use. {@code toString} never shows a secret.
 */
sealed interface Credential {
  /** Advice for a key that has a passphrase when none is configured. */
  String ENCRYPTED = "say where its passphrase is, with passphrase-file or passphrase-env";

  /** Largest passphrase file in bytes. A larger file must be some other file. */
  int LONGEST_PASSPHRASE = 4096;

  /** One key for all connections. */
  record Stored(KeyPair key) implements Credential {
    @Override
    public String toString() {
      return "a stored key";
    }
  }

  /** A fresh key with a certificate for each connection. */
  record Certified(UserCa authority, Duration life) implements Credential {}

  /** The keys of the user's own agent. */
  record Forwarded() implements Credential {}

  /**
   * Reads and checks all key files, and makes the user CA's key if one needs it.
   *
   * @throws IOException when one is wrong; the message says which and what to do
   */
  static Map<String, Credential> load(Map<String, CredentialSource> sources, Path stateDir)
      throws IOException {
    Map<String, Credential> credentials = new HashMap<>();
    for (Map.Entry<String, CredentialSource> source : sources.entrySet()) {
      credentials.put(source.getKey(), load(source.getKey(), source.getValue(), stateDir));
    }
    return Map.copyOf(credentials);
  }

  private static Credential load(String name, CredentialSource source, Path stateDir)
      throws IOException {
    return switch (source) {
      case CredentialSource.Key(Path file, Optional<Passphrase> place) -> {
        String what = "credential " + name;
        yield new Stored(new KeyFile(what, file).read(passphrase(what, place), ENCRYPTED));
      }
      case CredentialSource.Authority(Duration life) ->
          new Certified(UserCa.readOrMake(stateDir), life);
      case CredentialSource.Agent() -> new Forwarded();
    };
  }

  /** Reads as {@link #load}, and makes nothing. */
  static void check(String name, CredentialSource source, Path stateDir) throws IOException {
    if (!(source instanceof CredentialSource.Authority) || UserCa.exists(stateDir)) {
      Credential _ = load(name, source, stateDir);
    }
  }

  private static Optional<String> passphrase(String what, Optional<Passphrase> place)
      throws IOException {
    if (place.isEmpty()) {
      return Optional.empty();
    }
    String found =
        switch (place.get()) {
          case Passphrase.InFile(Path file) -> firstLine(what, file);
          case Passphrase.InEnvironment(String variable) ->
              Optional.ofNullable(System.getenv(variable))
                  .orElseThrow(() ->
                      new IOException(
                          what
                              + ": the environment variable "
                              + variable
                              + " of its passphrase is not set"));
        };
    if (found.isEmpty()) {
      throw new IOException(what + ": its passphrase is empty");
    }
    return Optional.of(found);
  }

  private static String firstLine(String what, Path file) throws IOException {
    try {
      byte[] bytes = PrivateFiles.readNamed(file, LONGEST_PASSPHRASE);
      return new String(bytes, StandardCharsets.UTF_8).lines().findFirst().orElse("");
    } catch (NoSuchFileException e) {
      throw new IOException(what + ": passphrase-file " + file + " does not exist", e);
    } catch (IOException e) {
      throw new IOException(what + ": passphrase-file " + e.getMessage(), e);
    }
  }
}
