package dev.sallyport.config;

import dev.sallyport.auth.ConfiguredPlugin;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Sha256;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.Reporter;
import dev.sallyport.support.files.Located;
import dev.sallyport.support.files.TrustedPaths;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Parses a file into a {@link Configuration}, or into a complete list of its errors. A file that
 * users other than root and this process's user can change, or that is in a folder that they can
 * change, is not read: it decides on logins, and names programs and jars that run as the server.
 */
public final class ConfigurationLoader {
  /** Largest file in bytes, hundreds of times a usual one; bounds memory. */
  static final int MAX_BYTES = 1 << 20;

  private static final int SHOWN = 2000;

  private final List<AuthPluginFactory> factories;
  private final Reporter reporter;

  /**
   * @param factories of all available plugins
   * @param reporter passed to the plugins that are opened, and called with warnings about a valid
   *     file
   */
  public ConfigurationLoader(List<AuthPluginFactory> factories, Reporter reporter) {
    this.factories = List.copyOf(factories);
    this.reporter = reporter;
  }

  /** All plugins that are installed with the server. */
  public static List<AuthPluginFactory> installedPlugins() {
    return ServiceLoader.load(AuthPluginFactory.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  /**
   * Loads {@code file} for a server, and opens its plugins; if there are errors they are closed
   * again. Waits for external sources that the file refers to.
   */
  public Loading load(Path file) {
    return load(file, Outside.AWAITED);
  }

  /** As {@link #load(Path)}, with another treatment of external sources. */
  public Loading load(Path file, Outside outside) {
    return load(file, outside, new Findings(file));
  }

  /**
   * @param findings contains the known keys afterwards
   */
  Loading load(Path file, Findings findings) {
    return load(file, Outside.LEFT, findings);
  }

  private Loading load(Path file, Outside outside, Findings findings) {
    HeardWarnings heard = new HeardWarnings(reporter);
    TrustedPaths trusted = TrustedPaths.ofOperator(heard);
    AuthBlock auth = new AuthBlock(factories, trusted, heard);
    boolean kept = false;
    try {
      Optional<Configuration> configuration =
          bytes(file, trusted, findings)
              .flatMap(bytes -> read(file, bytes, auth, outside, findings));
      kept = configuration.isPresent() && findings.errors().isEmpty();
      if (!kept) {
        return new Loading.Rejected(findings.errors());
      }
      findings.warnings().forEach(one -> heard.problem(one.place(), one.message()));
      return new Loading.Loaded(configuration.get(), auth.opened(), auth.jars(), heard.end());
    } finally {
      if (!kept) {
        ConfiguredPlugin.close(auth.opened());
        auth.jars().close();
      }
    }
  }

  /** Reads only {@code state-dir}, whatever other errors the file has. */
  public static StateDir stateDir(Path file) {
    Findings findings = new Findings(file);
    // If the process cannot determine its user, the file must be root's, and the error says so.
    TrustedPaths trusted = TrustedPaths.ofOperator((where, what) -> {});
    Optional<Path> found =
        bytes(file, trusted, findings)
            .flatMap(bytes -> text(bytes, findings))
            // Any folder will do, because state-dir cannot refer to it.
            .flatMap(text -> Hocon.read(text, Optional.of("/"), findings))
            .map(root -> ServerBlock.stateDir(root.block("sallyport")));
    return found.isPresent() && findings.errors().isEmpty()
        ? new StateDir.Found(found.get())
        : new StateDir.Unreadable(findings.errors());
  }

  private static Optional<Configuration> read(
      Path file, byte[] bytes, AuthBlock auth, Outside outside, Findings findings) {
    return text(bytes, findings)
        .flatMap(text -> Hocon.read(text, CredentialsDirectory.ofProcess(), findings))
        .flatMap(root -> read(file, Sha256.of(bytes), root, auth, outside));
  }

  private static Optional<Configuration> read(
      Path file, String sha256, Block root, AuthBlock auth, Outside outside) {
    Block block = root.block("sallyport");
    root.end();
    if (!root.has("sallyport")) {
      root.error("sallyport", "is missing: everything is written in sallyport { ... }");
      return Optional.empty();
    }
    return Optional.of(ServerBlock.read(file, sha256, block, auth, outside));
  }

  private static Optional<byte[]> bytes(Path file, TrustedPaths trusted, Findings findings) {
    return switch (trusted.locate(file.toAbsolutePath())) {
      case Located.Found found -> bytes(found.real(), findings);
      case Located.Absent _ -> {
        findings.error(0, "", "does not exist: write it, or name another with --config");
        yield Optional.empty();
      }
      case Located.Folder _ -> {
        findings.error(0, "", "is a directory");
        yield Optional.empty();
      }
      case Located.Untrusted(Path where, String what) -> {
        String subject = where.equals(file.toAbsolutePath()) ? "" : where + " ";
        findings.error(0, "", SafeText.escape(subject + what, SHOWN));
        yield Optional.empty();
      }
    };
  }

  private static Optional<byte[]> bytes(Path file, Findings findings) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length <= MAX_BYTES) {
        return Optional.of(bytes);
      }
      findings.error(0, "", "is larger than " + MAX_BYTES + " bytes");
    } catch (AccessDeniedException denied) {
      findings.error(0, "", "may not be read by this user");
    } catch (IOException broken) {
      findings.error(0, "", "cannot be read: " + SafeText.escape(broken.toString(), SHOWN));
    }
    return Optional.empty();
  }

  /**
   * Decodes strictly: with replaced characters, a name would differ from what the operator wrote.
   */
  private static Optional<String> text(byte[] bytes, Findings findings) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException wrong) {
      findings.error(0, "", "is not UTF-8 text");
      return Optional.empty();
    }
  }
}
