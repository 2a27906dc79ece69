package dev.sallyport.recording;

import dev.sallyport.audit.FileDirection;
import dev.sallyport.audit.SafeJson;
import dev.sallyport.audit.SessionEvent;
import dev.sallyport.recording.files.FileEvent;
import dev.sallyport.recording.files.FileEvent.Transferred;
import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The files that are being transferred in one session: {@value #FILE} in its recording. A file is
 * logged only when its transfer has ended. If the process is killed before, the next start logs the
 * files listed here. The list does not exist while no file is being transferred.
 *
 * <p>It is written again at each tick when it has changed; the observers bound its size. Guarded by
 * the recording's lock.
 */
final class Unfinished {
  static final String FILE = "unfinished.json";

  /** A file that a crash may leave while {@link #FILE} is replaced. */
  static final String NEW = FILE + ".new";

  private static final String KILLED = FileEvent.UNFINISHED + ": the bastion was killed";
  private static final Logger LOG = LoggerFactory.getLogger(Unfinished.class);

  private final Path folder;
  private final String protocol;
  private final Supplier<List<Transferred>> files;
  private List<Transferred> written = List.of();

  Unfinished(Path folder, String protocol, Supplier<List<Transferred>> files) {
    this.folder = folder;
    this.protocol = protocol;
    this.files = files;
  }

  /** Writes changes, without waiting for the disk. */
  void flush() throws IOException {
    List<Transferred> now = files.get();
    if (now.equals(written)) {
      return;
    }
    if (now.isEmpty()) {
      Files.deleteIfExists(folder.resolve(FILE));
    } else {
      replace(encode(now));
    }
    written = now;
  }

  private void replace(byte[] json) throws IOException {
    Path fresh = folder.resolve(NEW);
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, PrivateFiles.FILE);
    try (RandomAccessFile file = new RandomAccessFile(fresh.toFile(), "rw")) {
      file.write(json);
    }
    Files.move(fresh, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  private byte[] encode(List<Transferred> now) {
    ObjectNode json = SafeJson.MAPPER.createObjectNode();
    json.put("protocol", protocol);
    ArrayNode list = json.putArray("files");
    for (Transferred file : now) {
      list.addObject()
          .put("direction", file.direction().name())
          .put("path", file.path())
          .put("bytes", file.bytes())
          .put("offset", file.offset());
    }
    return SafeJson.MAPPER.writeValueAsString(json).getBytes(StandardCharsets.US_ASCII);
  }

  /** The files still being transferred when the recording ends before its session; usually none. */
  Optional<Manifest.FileFacts> finish() throws IOException {
    flush();
    Path file = folder.resolve(FILE);
    return Files.exists(file) ? Optional.of(Leftover.facts(file)) : Optional.empty();
  }

  /** The transfers that a killed server left in a recording, for the audit log. */
  static List<SessionEvent.FileTransferred> left(Path folder, Manifest manifest, Instant now)
      throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      // As text, see Leftover. Text that is not ASCII is a damaged file, and no fault of the disk.
      String text = new String(Files.readAllBytes(file), StandardCharsets.US_ASCII);
      JsonNode json = SafeJson.MAPPER.readTree(text);
      String protocol = ManifestFile.text(json, "protocol");
      List<SessionEvent.FileTransferred> events = new ArrayList<>();
      for (JsonNode one : json.path("files")) {
        events.add(
            new SessionEvent.FileTransferred(
                now,
                manifest.connection(),
                manifest.session(),
                FileDirection.valueOf(ManifestFile.text(one, "direction")),
                ManifestFile.text(one, "path"),
                one.path("bytes").longValue(),
                one.path("offset").longValue(),
                "",
                protocol,
                KILLED,
                Optional.empty()));
      }
      return events;
    } catch (JacksonException | IllegalArgumentException broken) {
      // A power failure has damaged it. A killed process leaves it intact.
      LOG.error("{} is broken: files that were on their way are not in the audit log", file);
      return List.of();
    }
  }
}
