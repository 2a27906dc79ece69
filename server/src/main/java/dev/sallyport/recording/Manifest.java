package dev.sallyport.recording;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.model.Parsed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of a recording: {@code manifest.json} in its folder. It is there from the beginning
 * and is replaced at the end, so that a recording which is live, or was cut short, has one too.
 *
 * @param product what wrote it
 * @param connection the user's connection
 * @param session who, where to, under which rule
 * @param begin when the recording began
 * @param content what is recorded; empty as long as nothing is
 * @param ending how it ended; empty while it is live
 */
public record Manifest(
    String product,
    AuditEvent.Connection connection,
    SessionFacts session,
    Instant begin,
    Optional<Content> content,
    Optional<Ending> ending) {
  /** The name of the file. */
  public static final String FILE = "manifest.json";

  /** The name of a terminal's recording. */
  public static final String CAST = "session.cast";

  /** Names what a terminal showed, among {@link Ending#unkept}. */
  public static final String UNKEPT_OUTPUT = "output";

  private static final Set<String> OUTPUT = Set.of("stdout", "stderr", UNKEPT_OUTPUT);

  /** Names what was typed in a terminal, among {@link Ending#unkept}. */
  public static final String UNKEPT_INPUT = "input";

  /** Names the protocol that carried files, each of which the audit log tells. */
  public static final String UNKEPT_FILES = "files";

  /** Names the values of variables, among {@link Ending#unkept}. */
  public static final String UNKEPT_ENVIRONMENT = "environment";

  /** What kind of session a recording holds. */
  public enum Kind {
    /** With a terminal, in {@link #CAST}; a shell, unless there is a command. */
    TERMINAL,
    /** A command without a terminal, or a shell without one, in a file for each stream. */
    EXEC,
    /** A subsystem, in a file for each stream. */
    SUBSYSTEM
  }

  /** What is recorded. */
  public record Content(Kind kind, Asked asked) {
    /** The command for people, or the subsystem's name; empty for a shell. */
    public String command() {
      return asked.command();
    }
  }

  /**
   * One file, or one stream.
   *
   * @param bytes of the file
   * @param sha256 of the file
   * @param totalBytes of the stream, of which the file holds the beginning; of a terminal, and of a
   *     recording that was cut short, the same as {@code bytes}
   * @param totalSha256 of the stream, likewise; empty for a short one that must not be known, of
   *     which the hash would tell too much, and when some of it was lost with the disk
   */
  public record FileFacts(long bytes, String sha256, long totalBytes, String totalSha256) {}

  /**
   * How a recording ended.
   *
   * @param stopped why the recording stopped, when it did before the session; in ASCII
   * @param truncated whether something is missing at its end, and it is not known how much
   * @param unkept bytes that passed and are in no file, by what they were: a stream's name, {@link
   *     #UNKEPT_OUTPUT}, {@link #UNKEPT_INPUT}, {@link #UNKEPT_FILES} or {@link
   *     #UNKEPT_ENVIRONMENT}
   * @param files by name
   */
  public record Ending(
      Instant at,
      Optional<Integer> exitStatus,
      Optional<String> exitSignal,
      String reason,
      Optional<String> stopped,
      boolean truncated,
      SortedMap<String, Long> unkept,
      SortedMap<String, FileFacts> files) {
    public Ending {
      unkept = new TreeMap<>(unkept);
      files = new TreeMap<>(files);
    }

    /** Whether every byte that passed is in the recording. */
    public boolean isComplete() {
      return !truncated && unkept.isEmpty();
    }

    /** Whether output passed that is not in the recording: no rule leaves it out. */
    public boolean lacksOutput() {
      return unkept.keySet().stream().anyMatch(OUTPUT::contains);
    }

    /** Hashes by the names of the files. */
    Map<String, String> sha256() {
      Map<String, String> hashes = new TreeMap<>();
      files.forEach((name, facts) -> hashes.put(name, facts.sha256()));
      return hashes;
    }

    long bytes() {
      return files.values().stream().mapToLong(FileFacts::bytes).sum();
    }
  }

  /** The recording's id. */
  public String id() {
    return session.id();
  }

  /** Whether the recording is under way, or was when the bastion was killed. */
  public boolean isLive() {
    return ending.isEmpty();
  }

  /**
   * Reads the manifest in a recording's folder.
   *
   * @return what is wrong with it otherwise, in safe words
   * @throws IOException when it cannot be read
   */
  public static Parsed<Manifest> read(Path recording) throws IOException {
    return ManifestFile.read(recording.resolve(FILE));
  }

  Manifest with(Content recorded) {
    return new Manifest(product, connection, session, begin, Optional.of(recorded), ending);
  }

  Manifest with(Ending end) {
    return new Manifest(product, connection, session, begin, content, Optional.of(end));
  }
}
