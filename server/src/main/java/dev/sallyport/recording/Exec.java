package dev.sallyport.recording;

import dev.sallyport.recording.files.FileEvent.Transferred;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The recording of a command or subsystem without a terminal. The beginning of each stream is kept
 * in a file, and all of it is counted and hashed. An empty stream has no file. For all threads.
 *
 * <p>Each method throws {@link RecordingException} when the guarantee is strict and the recording
 * cannot be written, or has ended: the session must end. Bytes must be recorded here before they
 * are passed on.
 */
public final class Exec implements Tracks {
  private static final String LACKS =
      "this session must be recorded, and its record lacks what passed while that was not so";

  private final Recording recording;
  private final KeptStream stdin;
  private final KeptStream stdout;
  private final KeptStream stderr;
  private final Path folder;

  /** Bytes of file transfers, whose files are logged and whose data is not kept. */
  private final AtomicLong inFiles = new AtomicLong();

  private volatile Optional<Unfinished> unfinished = Optional.empty();

  Exec(Recording recording, Path folder) {
    this.recording = recording;
    this.folder = folder;
    this.stdin = new KeptStream(folder.resolve("stdin"));
    this.stdout = new KeptStream(folder.resolve("stdout"));
    this.stderr = new KeptStream(folder.resolve("stderr"));
  }

  /**
   * Records input of the client. Called only when the rule records input. A shell without a
   * terminal does not echo, so only this shows its commands.
   */
  public void input(byte[] bytes, int offset, int length) throws RecordingException {
    keep(stdin, bytes, offset, length);
  }

  /**
   * Counts and hashes input of the client that is not recorded. Must not be called after {@link
   * #input}.
   */
  public void inputUnkept(byte[] bytes, int offset, int length) throws RecordingException {
    recording.write(
        () -> stdin.pass(bytes, offset, length), () -> stdin.skip(bytes, offset, length));
  }

  /** Records standard output. */
  public void output(byte[] bytes, int offset, int length) throws RecordingException {
    keep(stdout, bytes, offset, length);
  }

  /** Records standard error. */
  public void errors(byte[] bytes, int offset, int length) throws RecordingException {
    keep(stderr, bytes, offset, length);
  }

  private void keep(KeptStream stream, byte[] bytes, int offset, int length)
      throws RecordingException {
    long most = recording.streamBytes();
    recording.write(
        () -> stream.write(bytes, offset, length, most), () -> stream.skip(bytes, offset, length));
    if (most == Long.MAX_VALUE && stream.hasGap()) {
      // It began under best effort, and a reload has made the guarantee strict.
      recording.lacks(LACKS);
    }
  }

  /**
   * The session transfers files, each of which is logged when its transfer ends. The unfinished
   * ones are listed beside the streams, so that they are logged even if the process is killed.
   *
   * @param protocol such as {@code sftp}
   * @param onTheirWay called about twice a second, and when the session has ended
   */
  public void carries(String protocol, Supplier<List<Transferred>> onTheirWay) {
    unfinished = Optional.of(new Unfinished(folder, protocol, onTheirWay));
  }

  /** Called before data of a file transfer passes, of which only the files are logged. */
  public void passes() throws RecordingException {
    recording.write(() -> {}, () -> {});
  }

  /**
   * Called after it has passed.
   *
   * @param length the number of bytes, in either direction
   */
  public void passed(int length) {
    inFiles.addAndGet(length);
  }

  /**
   * The file transfer cannot be parsed any further.
   *
   * @param protocol such as {@code sftp}
   * @param reason why not; safe to show on a terminal, without a full stop
   * @throws RecordingException when the guarantee is strict; then the data must not pass
   */
  public void notUnderstood(String protocol, String reason) throws RecordingException {
    recording.filesNotUnderstood(protocol, reason);
  }

  private List<KeptStream> streams() {
    return List.of(stdin, stdout, stderr);
  }

  @Override
  public void flush() throws IOException {
    for (KeptStream stream : streams()) {
      stream.flush();
    }
    if (unfinished.isPresent()) {
      unfinished.get().flush();
    }
  }

  @Override
  public void end() throws IOException {
    flush();
  }

  /**
   * Does nothing: a mark in a stream could be output of the command. The manifest has the reason.
   */
  @Override
  public void mark(String reason) {}

  @Override
  public long taken() {
    return streams().stream().mapToLong(KeptStream::taken).sum();
  }

  @Override
  public Kept finish() throws IOException {
    SortedMap<String, Manifest.FileFacts> files = new TreeMap<>();
    SortedMap<String, Long> unkept = new TreeMap<>();
    for (KeptStream stream : streams()) {
      Optional<Manifest.FileFacts> facts = stream.finish();
      facts.ifPresent(known -> files.put(stream.name(), known));
      long missing = stream.total() - facts.map(Manifest.FileFacts::bytes).orElse(0L);
      if (missing > 0) {
        unkept.put(stream.name(), missing);
      }
    }
    if (inFiles.get() > 0) {
      unkept.put(Manifest.UNKEPT_FILES, inFiles.get());
    }
    if (unfinished.isPresent()) {
      unfinished.get().finish().ifPresent(facts -> files.put(Unfinished.FILE, facts));
    }
    return new Kept(files, unkept);
  }
}
