package dev.sallyport.recording;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.SafeJson;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Sha256;
import dev.sallyport.model.Target;
import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads and writes a {@link Manifest} as JSON: printable ASCII, one key a line, so that people can
 * read it too.
 */
final class ManifestFile {
  /** The version of the format. It increases when an older reader would misread a newer file. */
  static final int FORMAT = 1;

  /**
   * Longest command that is kept, in bytes and so in characters: what fits into an SSH packet of
   * ordinary size (RFC 4253, section 6.1).
   */
  static final int LONGEST_COMMAND = 32 * 1024;

  /**
   * Longest manifest in bytes. A longer file must be something else, and would fill the reader's
   * memory.
   */
  static final int LONGEST_FILE = 1 << 20;

  static final String NEW = "manifest.json.new";
  private static final ObjectWriter WRITER =
      SafeJson.MAPPER
          .writer()
          .with(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));

  private ManifestFile() {}

  /**
   * Replaces the manifest in a folder atomically.
   *
   * @return the SHA-256 of the file and its size
   */
  static RecordedFile.Finished write(Path recording, Manifest manifest) throws IOException {
    byte[] json = encode(manifest);
    Path fresh = recording.resolve(NEW);
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, PrivateFiles.FILE);
    try (RandomAccessFile file = new RandomAccessFile(fresh.toFile(), "rw")) {
      file.write(json);
      file.getFD().sync();
    }
    Files.move(fresh, recording.resolve(Manifest.FILE), StandardCopyOption.ATOMIC_MOVE);
    PrivateFiles.force(recording);
    return new RecordedFile.Finished(json.length, Sha256.of(json));
  }

  static byte[] encode(Manifest manifest) {
    ObjectNode json = SafeJson.MAPPER.createObjectNode();
    json.put("format", FORMAT);
    json.put("product", manifest.product());
    json.put("id", manifest.id());
    json.put("state", manifest.isLive() ? "live" : "finalised");
    json.put("begin", manifest.begin().toString());
    SessionFacts session = manifest.session();
    json.put("user", SafeJson.bounded(session.user()));
    json.put("login", SafeJson.bounded(session.login()));
    json.put("rule", SafeJson.bounded(session.rule()));
    json.put("way", SafeJson.bounded(session.way()));
    json.putObject("target")
        .put("host", SafeJson.bounded(session.target().host()))
        .put("port", session.target().port());
    json.set("address", socket(session.address()));
    AuditEvent.Connection connection = manifest.connection();
    ObjectNode outer = json.putObject("connection").put("id", connection.id().value());
    outer.set("source", socket(connection.source()));
    outer.set("local", socket(connection.local()));
    manifest
        .content()
        .ifPresent(content ->
            json.put("kind", content.kind().name().toLowerCase(Locale.ROOT))
                .put("command", SafeJson.bounded(content.command(), LONGEST_COMMAND)));
    manifest.content().ifPresent(content -> put(json, content.asked()));
    manifest.ending().ifPresent(ending -> put(json, ending));
    return (WRITER.writeValueAsString(json) + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static void put(ObjectNode json, Asked asked) {
    asked.hex().ifPresent(hex -> json.put("command_hex", hex));
    if (!asked.environment().isEmpty()) {
      ArrayNode environment = json.putArray("environment");
      asked
          .environment()
          .forEach(variable -> environment.add(SafeJson.bounded(variable, Asked.LONGEST_VARIABLE)));
    }
  }

  private static void put(ObjectNode json, Manifest.Ending ending) {
    json.put("end", ending.at().toString());
    ending.exitStatus().ifPresent(status -> json.put("exit_status", status));
    ending.exitSignal().ifPresent(signal -> json.put("exit_signal", SafeJson.bounded(signal)));
    json.put("reason", SafeJson.bounded(ending.reason()));
    ending.stopped().ifPresent(stopped -> json.put("stopped", SafeJson.bounded(stopped)));
    json.put("truncated", ending.truncated());
    json.put("complete", ending.isComplete());
    ObjectNode unkept = json.putObject("unkept");
    ending.unkept().forEach(unkept::put);
    ObjectNode files = json.putObject("files");
    ending
        .files()
        .forEach((name, facts) ->
            files
                .putObject(name)
                .put("bytes", facts.bytes())
                .put("sha256", facts.sha256())
                .put("total_bytes", facts.totalBytes())
                .put("total_sha256", facts.totalSha256()));
  }

  private static ObjectNode socket(InetSocketAddress address) {
    return SafeJson.MAPPER
        .createObjectNode()
        .put("ip", IpText.format(address.getAddress()))
        .put("port", address.getPort());
  }

  static Parsed<Manifest> read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST_FILE + 1);
    }
    if (bytes.length > LONGEST_FILE) {
      return new Parsed.Malformed<>("is not a manifest: it is too long");
    }
    try {
      return new Parsed.Valid<>(decode(SafeJson.MAPPER.readTree(bytes)));
    } catch (JacksonException | DateTimeException | IllegalArgumentException wrong) {
      return new Parsed.Malformed<>("is not a manifest that this version of Sallyport reads");
    }
  }

  private static Manifest decode(JsonNode json) {
    if (number(json, "format") != FORMAT) {
      throw new IllegalArgumentException("another format");
    }
    String id = text(json, "id");
    if (!Folders.isId(id)) {
      throw new IllegalArgumentException("an invalid id");
    }
    JsonNode target = json.path("target");
    JsonNode outer = json.path("connection");
    return new Manifest(
        text(json, "product"),
        new AuditEvent.Connection(
            new ConnectionId(text(outer, "id")),
            socket(outer.path("source")),
            socket(outer.path("local"))),
        new SessionFacts(
            id,
            text(json, "user"),
            new Target(text(target, "host"), number(target, "port")),
            socket(json.path("address")),
            text(json, "login"),
            text(json, "rule"),
            text(json, "way")),
        Instant.parse(text(json, "begin")),
        json.has("kind")
            ? Optional.of(
                new Manifest.Content(
                    Manifest.Kind.valueOf(text(json, "kind").toUpperCase(Locale.ROOT)),
                    asked(json)))
            : Optional.empty(),
        text(json, "state").equals("live") ? Optional.empty() : Optional.of(ending(json)));
  }

  /** Older manifests have neither the command's bytes nor variables. */
  private static Asked asked(JsonNode json) {
    return new Asked(
        text(json, "command"),
        json.has("command_hex") ? Optional.of(text(json, "command_hex")) : Optional.empty(),
        json.path("environment").valueStream().map(ManifestFile::text).toList(),
        json.path("unkept").path(Manifest.UNKEPT_ENVIRONMENT).asLong(0));
  }

  private static Manifest.Ending ending(JsonNode json) {
    SortedMap<String, Manifest.FileFacts> files = new TreeMap<>();
    for (Map.Entry<String, JsonNode> file : json.path("files").properties()) {
      JsonNode facts = file.getValue();
      files.put(
          file.getKey(),
          new Manifest.FileFacts(
              number(facts, "bytes"),
              text(facts, "sha256"),
              number(facts, "total_bytes"),
              text(facts, "total_sha256")));
    }
    return new Manifest.Ending(
        Instant.parse(text(json, "end")),
        json.has("exit_status") ? Optional.of((int) number(json, "exit_status")) : Optional.empty(),
        json.has("exit_signal") ? Optional.of(text(json, "exit_signal")) : Optional.empty(),
        text(json, "reason"),
        json.has("stopped") ? Optional.of(text(json, "stopped")) : Optional.empty(),
        json.path("truncated").booleanValue(),
        unkept(json, files),
        files);
  }

  /** Older manifests only have the size of each stream's file. */
  private static SortedMap<String, Long> unkept(
      JsonNode json, SortedMap<String, Manifest.FileFacts> files) {
    SortedMap<String, Long> unkept = new TreeMap<>();
    files.forEach((name, facts) -> {
      if (facts.totalBytes() > facts.bytes()) {
        unkept.put(name, facts.totalBytes() - facts.bytes());
      }
    });
    for (Map.Entry<String, JsonNode> one : json.path("unkept").properties()) {
      unkept.put(one.getKey(), one.getValue().longValue());
    }
    return unkept;
  }

  private static InetSocketAddress socket(JsonNode json) {
    InetAddress address =
        IpText.parse(text(json, "ip"))
            .orElseThrow(() -> new IllegalArgumentException("an invalid address"));
    return new InetSocketAddress(address, (int) number(json, "port"));
  }

  /**
   * A mandatory text.
   *
   * @throws JacksonException when it is missing or no text
   * @throws IllegalArgumentException when it is {@code null}, which Jackson returns as a text
   */
  static String text(JsonNode json, String key) {
    return text(json.path(key));
  }

  private static String text(JsonNode json) {
    return Optional.ofNullable(json.stringValue())
        .orElseThrow(() -> new IllegalArgumentException("null in place of a text"));
  }

  private static long number(JsonNode json, String key) {
    return json.path(key).longValue();
  }
}
