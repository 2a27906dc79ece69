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
 * The metadata of a recording: {@code manifest.json} in its folder. It is written at the beginning
 * and replaced at the end, so a live or interrupted recording has one too.
 *
 * @param product the program that wrote it
 * @param connection the user's connection
 * @param session the user, target and rule
 * @param begin when the recording began
 * @param content what is recorded; empty before that is known
 * @param ending how the recording ended; empty while it is live
 */
public record Manifest(
    String product,
    AuditEvent.Connection connection,
    SessionFacts session,
    Instant begin,
    Optional<Content> content,
    Optional<Ending> ending) {
  /** The name of the manifest's file. */
  public static final String FILE = "manifest.json";

  /** The name of a terminal recording's file. */
  public static final String CAST = "session.cast";

  /** The key for a terminal's output in {@link Ending#unkept}. */
  public static final String UNKEPT_OUTPUT = "output";

  private static final Set<String> OUTPUT = Set.of("stdout", "stderr", UNKEPT_OUTPUT);

  /** The key for a terminal's input in {@link Ending#unkept}. */
  public static final String UNKEPT_INPUT = "input";

  /** The key for the data of a file transfer, whose files are logged, in {@link Ending#unkept}. */
  public static final String UNKEPT_FILES = "files";

  /** The key for values of variables in {@link Ending#unkept}. */
  public static final String UNKEPT_ENVIRONMENT = "environment";

  /** The kind of session that is recorded. */
  public enum Kind {
    /** A shell or a command with a terminal, in {@link #CAST}. */
    TERMINAL,
    /** A command without a terminal, or a shell without one, in a file for each stream. */
    EXEC,
    /** A subsystem, in a file for each stream. */
    SUBSYSTEM
  }

  /** What is recorded. */
  public record Content(Kind kind, Asked asked) {
    /** The command as text, or the subsystem's name; empty for a shell. */
    public String command() {
      return asked.command();
    }
  }

  /**
   * One file, which contains one stream or its beginning.
   *
   * @param bytes size of the file
   * @param sha256 of the file
   * @param totalBytes size of the stream; for a terminal, and for an interrupted recording, the
   *     same as {@code bytes}
   * @param totalSha256 of the stream; empty for short secret input, which could be guessed from the
   *     hash, and when some of the stream was lost because of the disk
   */
  public record FileFacts(long bytes, String sha256, long totalBytes, String totalSha256) {}

  /**
   * How a recording ended.
   *
   * @param stopped why the recording stopped, if it did so before the session ended; ASCII
   * @param truncated whether an unknown amount is missing at its end
   * @param unkept bytes that passed and are in no file, by kind: a stream's name, {@link
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

    /** Whether the recording contains every byte that passed. */
    public boolean isComplete() {
      return !truncated && unkept.isEmpty();
    }

    /** Whether output is missing, which no rule allows. */
    public boolean lacksOutput() {
      return unkept.keySet().stream().anyMatch(OUTPUT::contains);
    }

    /** Hashes by file name. */
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

  /** Whether the recording is live, or was when the bastion was killed. */
  public boolean isLive() {
    return ending.isEmpty();
  }

  /**
   * Reads the manifest in a recording's folder.
   *
   * @return the manifest, or what is wrong with it, escaped
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
