package dev.sallyport.recording;

import dev.sallyport.audit.SafeJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * The recording of a session with a terminal: {@link Manifest#CAST}. For all threads. A write that
 * fills the buffer waits for the disk, so a terminal with endless output is slowed down and takes
 * no memory.
 *
 * <p>Each method throws {@link RecordingException} when the guarantee is strict and the recording
 * cannot be written, or has ended: the session must end. Bytes must be recorded here before they
 * are passed on.
 */
public final class Terminal implements Tracks {
  /**
   * Largest width and height that is recorded. A client may claim four billion columns (RFC 4254,
   * section 6.2), for which a player would allocate memory.
   */
  public static final int LARGEST_SCREEN = 2000;

  private static final int USUAL_COLUMNS = 80;
  private static final int USUAL_ROWS = 24;
  private static final int LONGEST_TERM = 64;

  private final Recording recording;
  private Optional<CastWriter> cast = Optional.empty();

  // Guarded by the recording's lock.
  private long unkeptOutput;
  private long unkeptInput;

  Terminal(Recording recording) {
    this.recording = recording;
  }

  /** The initial state of a terminal. */
  record Screen(String term, int columns, int rows) {}

  void open(Path folder, Manifest manifest, Screen screen, LongSupplier nanoTime)
      throws IOException {
    byte[] header = header(manifest, screen);
    RecordedFile file = RecordedFile.create(folder.resolve(Manifest.CAST));
    cast = Optional.of(CastWriter.begin(file, header, nanoTime));
  }

  private static byte[] header(Manifest manifest, Screen screen) {
    ObjectNode json = SafeJson.MAPPER.createObjectNode();
    json.put("version", 2);
    json.put("width", size(screen.columns(), USUAL_COLUMNS));
    json.put("height", size(screen.rows(), USUAL_ROWS));
    json.put("timestamp", manifest.begin().getEpochSecond());
    manifest
        .content()
        .map(Manifest.Content::command)
        .filter(command -> !command.isEmpty())
        .ifPresent(command -> json.put("command", SafeJson.bounded(command)));
    json.put(
        "title",
        SafeJson.bounded(
            manifest.session().user()
                + ": "
                + manifest.session().login()
                + "@"
                + manifest.session().target().shown()));
    json.putObject("env").put("TERM", SafeJson.bounded(screen.term(), LONGEST_TERM));
    return SafeJson.MAPPER.writeValueAsString(json).getBytes(StandardCharsets.US_ASCII);
  }

  /** The size to record; clients without a screen send 0. */
  private static int size(int claimed, int otherwise) {
    return claimed <= 0 ? otherwise : Math.min(claimed, LARGEST_SCREEN);
  }

  /** Records output of the target. */
  public void output(byte[] bytes, int offset, int length) throws RecordingException {
    recording.write(
        () -> cast.orElseThrow().output(bytes, offset, length), () -> unkeptOutput += length);
  }

  /** Records input of the user. Called only when the rule records input. */
  public void input(byte[] bytes, int offset, int length) throws RecordingException {
    recording.write(
        () -> cast.orElseThrow().input(bytes, offset, length), () -> unkeptInput += length);
  }

  /**
   * Counts input of the user that is not recorded.
   *
   * @param bytes how many
   */
  public void inputUnkept(long bytes) throws RecordingException {
    recording.write(() -> unkeptInput += bytes, () -> unkeptInput += bytes);
  }

  /**
   * The user's window was resized.
   *
   * @param columns as sent by the client; limited to 1 to 2000, and 0 means 80
   * @param rows the same, and 0 means 24
   */
  public void resize(int columns, int rows) throws RecordingException {
    recording.write(
        () -> cast.orElseThrow().resize(size(columns, USUAL_COLUMNS), size(rows, USUAL_ROWS)),
        () -> {});
  }

  /**
   * Records a marker, which players do not print.
   *
   * @param text printable ASCII, up to 500 characters
   */
  public void note(String text) throws RecordingException {
    recording.write(() -> cast.orElseThrow().mark(text), () -> {});
  }

  /**
   * As {@link Exec#notUnderstood}.
   *
   * @throws RecordingException when the guarantee is strict; then the data must not pass
   */
  public void notUnderstood(String protocol, String reason) throws RecordingException {
    recording.filesNotUnderstood(protocol, reason);
  }

  @Override
  public void flush() throws IOException {
    if (cast.isPresent()) {
      cast.get().flush();
    }
  }

  @Override
  public void end() throws IOException {
    if (cast.isPresent()) {
      cast.get().end();
    }
  }

  @Override
  public void mark(String reason) throws IOException {
    if (cast.isPresent()) {
      cast.get().mark(reason);
    }
  }

  @Override
  public long taken() {
    return cast.map(writer -> Blocks.of(writer.file().bytes())).orElse(0L);
  }

  @Override
  public Kept finish() throws IOException {
    SortedMap<String, Manifest.FileFacts> files = new TreeMap<>();
    SortedMap<String, Long> unkept = new TreeMap<>();
    if (unkeptOutput > 0) {
      unkept.put(Manifest.UNKEPT_OUTPUT, unkeptOutput);
    }
    if (unkeptInput > 0) {
      unkept.put(Manifest.UNKEPT_INPUT, unkeptInput);
    }
    if (cast.isPresent()) {
      RecordedFile.Finished file = cast.get().file().finish();
      files.put(
          Manifest.CAST,
          new Manifest.FileFacts(file.bytes(), file.sha256(), file.bytes(), file.sha256()));
    }
    return new Kept(files, unkept);
  }
}
