package dev.sallyport.config;

import dev.sallyport.gateway.outbound.CredentialSource;
import dev.sallyport.gateway.outbound.CredentialSource.Passphrase;
import dev.sallyport.model.Parsed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code sallyport.credentials}. */
final class CredentialsBlock {
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration LIFE = Duration.ofMinutes(5);
  private static final Path NONE = Path.of("/");

  private CredentialsBlock() {}

  static Map<String, CredentialSource> read(Block block) {
    Map<String, CredentialSource> credentials = new TreeMap<>();
    for (String name : block.keys()) {
      if (Names.member(name) instanceof Parsed.Malformed<String>(String reason)) {
        block.error(Block.shown(name) + " " + reason);
      }
      Block one = block.block(name);
      readOne(one).ifPresent(source -> credentials.put(name, source));
      one.end();
    }
    return credentials;
  }

  private static Optional<CredentialSource> readOne(Block block) {
    String type = block.string("type").orElse("");
    return switch (type) {
      case "key" -> readKey(block);
      case "ca" ->
          Optional.of(
              new CredentialSource.Authority(block.duration("life", SHORTEST, LONGEST, LIFE)));
      case "agent" -> Optional.of(new CredentialSource.Agent());
      default -> {
        block.error("type", "must be \"key\", \"ca\" or \"agent\"");
        yield Optional.empty();
      }
    };
  }

  private static Optional<CredentialSource> readKey(Block block) {
    if (!block.has("file")) {
      block.error("file", "is missing: the private key, such as \"/etc/sallyport/web.pem\"");
    }
    Path file = block.parsed("file", Paths::absolute, NONE);
    Path passphraseFile = block.parsed("passphrase-file", Paths::absolute, NONE);
    Optional<String> variable = block.string("passphrase-env");
    if (block.has("passphrase-file") && variable.isPresent()) {
      block.error("passphrase-env", "is one place too many beside passphrase-file");
    }
    Optional<Passphrase> passphrase =
        block.has("passphrase-file")
            ? Optional.of(new Passphrase.InFile(passphraseFile))
            : variable.map(Passphrase.InEnvironment::new);
    return Optional.of(new CredentialSource.Key(file, passphrase));
  }

  static Map<String, Object> print(Map<String, CredentialSource> credentials) {
    Map<String, Object> block = new TreeMap<>();
    credentials.forEach((name, source) -> block.put(name, print(source)));
    return block;
  }

  private static Map<String, Object> print(CredentialSource source) {
    Map<String, Object> block = new LinkedHashMap<>();
    switch (source) {
      case CredentialSource.Key(Path file, Optional<Passphrase> passphrase) -> {
        block.put("type", "key");
        block.put("file", file.toString());
        passphrase.ifPresent(place -> {
          switch (place) {
            case Passphrase.InFile(Path in) -> block.put("passphrase-file", in.toString());
            case Passphrase.InEnvironment(String variable) -> block.put("passphrase-env", variable);
          }
        });
      }
      case CredentialSource.Authority(Duration life) -> {
        block.put("type", "ca");
        block.put("life", DurationText.of(life));
      }
      case CredentialSource.Agent() -> block.put("type", "agent");
    }
    return block;
  }
}
