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
 * fills the buffer waits for the disk, so that a terminal which prints without end is slowed down
 * and takes no memory.
 *
 * <p>Each method throws {@link RecordingException} when the guarantee is strict and the recording
 * cannot be written, or has ended: the session must end. Give bytes here before they are passed on.
 */
public final class Terminal implements Tracks {
  /**
   * Largest width and height recorded. A client may claim four thousand million columns (RFC 4254,
   * section 6.2), and a player would take memory for them.
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

  /** What a terminal begins with. */
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

  /** Clients without a screen say 0. */
  private static int size(int claimed, int otherwise) {
    return claimed <= 0 ? otherwise : Math.min(claimed, LARGEST_SCREEN);
  }

  /** What the target printed. */
  public void output(byte[] bytes, int offset, int length) throws RecordingException {
    recording.write(
        () -> cast.orElseThrow().output(bytes, offset, length), () -> unkeptOutput += length);
  }

  /** What the user typed; only where the rule says that this is recorded. */
  public void input(byte[] bytes, int offset, int length) throws RecordingException {
    recording.write(
        () -> cast.orElseThrow().input(bytes, offset, length), () -> unkeptInput += length);
  }

  /**
   * The user typed what is not to be kept.
   *
   * @param bytes how many
   */
  public void inputUnkept(long bytes) throws RecordingException {
    recording.write(() -> unkeptInput += bytes, () -> unkeptInput += bytes);
  }

  /**
   * The user's window has another size.
   *
   * @param columns as the client said; kept within 1 and 2000, 0 being 80
   * @param rows likewise, 0 being 24
   */
  public void resize(int columns, int rows) throws RecordingException {
    recording.write(
        () -> cast.orElseThrow().resize(size(columns, USUAL_COLUMNS), size(rows, USUAL_ROWS)),
        () -> {});
  }

  /**
   * Something happened that changes no byte: a marker, which players do not print.
   *
   * @param text printable ASCII, up to 500 characters
   */
  public void note(String text) throws RecordingException {
    recording.write(() -> cast.orElseThrow().mark(text), () -> {});
  }

  /**
   * As {@link Exec#notUnderstood}.
   *
   * @throws RecordingException when the guarantee is strict: what was not understood must not pass
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
