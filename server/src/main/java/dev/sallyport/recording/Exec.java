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
 * The recording of a command, or subsystem, without a terminal: each stream is kept in a file, from
 * its beginning on, and all of it is counted and hashed. A stream without a byte has no file. For
 * all threads.
 *
 * <p>Each method throws {@link RecordingException} when the guarantee is strict and the recording
 * cannot be written, or has ended: the session must end. Give bytes here before they are passed on.
 */
public final class Exec implements Tracks {
  private static final String LACKS =
      "this session must be recorded, and its record lacks what passed while that was not so";

  private final Recording recording;
  private final KeptStream stdin;
  private final KeptStream stdout;
  private final KeptStream stderr;
  private final Path folder;

  /** Bytes that passed of which the files are told and nothing is kept. */
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
   * What the client sent; only where the rule says that this is recorded. A shell without a
   * terminal has no echo, so that nothing else tells what it was told to do.
   */
  public void input(byte[] bytes, int offset, int length) throws RecordingException {
    keep(stdin, bytes, offset, length);
  }

  /**
   * What the client sent where the rule does not say that it is recorded: counted and hashed, and
   * not kept. Nothing may be given to {@link #input} before it.
   */
  public void inputUnkept(byte[] bytes, int offset, int length) throws RecordingException {
    recording.write(
        () -> stdin.pass(bytes, offset, length), () -> stdin.skip(bytes, offset, length));
  }

  /** What the command wrote to its standard output. */
  public void output(byte[] bytes, int offset, int length) throws RecordingException {
    keep(stdout, bytes, offset, length);
  }

  /** What the command wrote to its standard error. */
  public void errors(byte[] bytes, int offset, int length) throws RecordingException {
    keep(stderr, bytes, offset, length);
  }

  private void keep(KeptStream stream, byte[] bytes, int offset, int length)
      throws RecordingException {
    long most = recording.streamBytes();
    recording.write(
        () -> stream.write(bytes, offset, length, most), () -> stream.skip(bytes, offset, length));
    if (most == Long.MAX_VALUE && stream.hasGap()) {
      // Best effort began it, and a reload has made the guarantee strict.
      recording.lacks(LACKS);
    }
  }

  /**
   * Files pass in this session, each of which the audit log is told when it has passed. Those that
   * have not are kept beside the streams, so that they are told though the process is killed.
   *
   * @param protocol such as {@code sftp}
   * @param onTheirWay asked about twice a second, and when the session has ended
   */
  public void carries(String protocol, Supplier<List<Transferred>> onTheirWay) {
    unfinished = Optional.of(new Unfinished(folder, protocol, onTheirWay));
  }

  /** Something passes of which only the files are told. */
  public void passes() throws RecordingException {
    recording.write(() -> {}, () -> {});
  }

  /**
   * That was so.
   *
   * @param length how many bytes, in either direction
   */
  public void passed(int length) {
    inFiles.addAndGet(length);
  }

  /**
   * What passes in this session cannot be told file by file any more.
   *
   * @param protocol such as {@code sftp}
   * @param reason why not; fit for a terminal, without an end mark
   * @throws RecordingException when the guarantee is strict: what was not understood must not pass
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

  /** Not in a stream: whatever stood there could be the command's own. The manifest says it. */
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
