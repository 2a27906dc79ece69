package dev.sallyport.recording.files;

import dev.sallyport.audit.SafeJson;
import dev.sallyport.recording.files.FileEvent.Direction;
import dev.sallyport.recording.files.FileEvent.Transferred;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Parses the two streams of the scp protocol: the sender's records and content, and the receiver's
 * answers, one to each record and each content. A sender must wait for each answer, as OpenSSH's
 * does: it depends on the answer whether content or a record follows, and the text of a failure may
 * contain a file's name with line ends that looks like a record. Not for several threads at once.
 */
final class ScpConversation {
  /**
   * Longest path of nested directories. A hostile sender could nest them without end, and the path
   * is logged.
   */
  static final int LONGEST_PATH = SafeJson.LONGEST_PATH;

  /** Memory for the paths of all directories that the sender has entered, in bytes. */
  private static final long MOST_DIRECTORY_BYTES = 4 * 1024 * 1024;

  /** Longest text of a failure: it is logged, and a hostile side controls it. */
  private static final int LONGEST_FAILURE = 1024;

  /** A name must not contain a NUL, which ends it for the target's scp, a C program. */
  private static final Pattern FILE_OR_DIRECTORY =
      Pattern.compile("([CD])[0-7]{4} ([0-9]{1,18}) ([^/\\x00]+)");

  private static final Pattern TIMES = Pattern.compile("T[0-9]+ [0-9]+ [0-9]+ [0-9]+");

  private final ScpCommand command;
  private final Consumer<FileEvent> events;

  /** The sender's record or failure. */
  private final ScpLine record;

  /** The receiver's failure. */
  private final ScpLine failure;

  private final Deque<String> directories = new ArrayDeque<>();
  private final Allowance ofDirectories;
  private final ObserverMemory memory;

  private Optional<Awaited> awaited = Optional.of(new Awaited(Kind.START, Optional.empty()));

  /** The file whose content, or the status after it, the sender sends. */
  private Optional<ScpFile> current = Optional.empty();

  private boolean inFailure;
  private boolean inSentFailure;

  /** What the receiver must answer. */
  private enum Kind {
    START,
    TIMES,
    FILE,
    CONTENT,
    DIRECTORY,
    UP
  }

  private record Awaited(Kind kind, Optional<ScpFile> file) {}

  ScpConversation(ScpCommand command, Consumer<FileEvent> events, ObserverMemory memory) {
    this.memory = memory;
    this.ofDirectories = new Allowance(MOST_DIRECTORY_BYTES, memory);
    this.command = command;
    this.events = events;
    boolean clientSends = command.direction() == Direction.PUT;
    this.record = new ScpLine(clientSends ? ScpLine.FROM_CLIENT : ScpLine.FROM_TARGET);
    this.failure = new ScpLine(clientSends ? ScpLine.FROM_TARGET : ScpLine.FROM_CLIENT);
  }

  /** Whether the sender has to wait for an answer. */
  boolean isWaiting() {
    return current.isEmpty() && awaited.isPresent();
  }

  /** Data of the sender. */
  void sent(byte[] data, int offset, int count) throws NotUnderstoodException {
    int at = offset;
    int end = offset + count;
    while (at < end) {
      if (isWaiting()) {
        throw new NotUnderstoodException("scp's sender does not wait for answers");
      }
      if (current.isPresent()) {
        at = content(current.get(), data, at, end);
      } else {
        byte b = data[at++];
        if (inSentFailure) {
          Optional<String> text = failureText(record.add(b));
          inSentFailure = text.isEmpty();
          text.ifPresent(this::couldNotSend);
        } else if (record.isEmpty() && (b == 1 || b == 2)) {
          inSentFailure = true;
        } else {
          Optional<String> line = record.add(b);
          if (line.isPresent()) {
            record(line.get());
          }
        }
      }
    }
  }

  /** The sender does not find a requested file, or cannot read it. */
  private void couldNotSend(String why) {
    events.accept(
        new Transferred(command.direction(), command.path(), 0, 0, Optional.empty(), why));
  }

  private void record(String line) throws NotUnderstoodException {
    Matcher matcher = FILE_OR_DIRECTORY.matcher(line);
    if (matcher.matches()) {
      String path = path(matcher.group(3));
      if (matcher.group(1).equals("D")) {
        ofDirectories.demand(cost(path), "names of folders in each other", MOST_DIRECTORY_BYTES);
        directories.push(path);
        await(Kind.DIRECTORY, Optional.empty());
      } else {
        ScpFile file = new ScpFile(path, Long.parseLong(matcher.group(2)), memory);
        await(Kind.FILE, Optional.of(file));
      }
    } else if (line.equals("E")) {
      if (directories.isEmpty()) {
        throw new NotUnderstoodException("scp's sender left a directory that it was not in");
      }
      ofDirectories.give(cost(directories.pop()));
      await(Kind.UP, Optional.empty());
    } else if (TIMES.matcher(line).matches()) {
      await(Kind.TIMES, Optional.empty());
    } else {
      throw new NotUnderstoodException("a line that the scp protocol does not have");
    }
  }

  private static long cost(String path) {
    return 64 + 2L * path.length();
  }

  private String path(String name) throws NotUnderstoodException {
    String path =
        directories.isEmpty()
            ? command.resolve(name)
            : ScpCommand.join(directories.getFirst(), name);
    if (path.length() > LONGEST_PATH) {
      throw new NotUnderstoodException("too many nested directories");
    }
    return path;
  }

  private void await(Kind kind, Optional<ScpFile> file) {
    awaited = Optional.of(new Awaited(kind, file));
  }

  /** Consumes content of the file, and returns the position after it. */
  private int content(ScpFile file, byte[] data, int at, int end) throws NotUnderstoodException {
    if (file.left() > 0) {
      int some = (int) Math.min(file.left(), end - at);
      file.add(new Slice(data, at, some));
      return at + some;
    }
    byte b = data[at];
    if (inSentFailure) {
      Optional<String> text = failureText(record.add(b));
      if (text.isPresent()) {
        inSentFailure = false;
        sent(file, text);
      }
    } else if (b == 0) {
      sent(file, Optional.empty());
    } else if (b == 1 || b == 2) {
      inSentFailure = true;
    } else {
      throw new NotUnderstoodException("a file longer than scp's sender had said");
    }
    return at + 1;
  }

  private void sent(ScpFile file, Optional<String> problem) {
    file.sent(problem);
    current = Optional.empty();
    tellWhenDone(file);
  }

  private void tellWhenDone(ScpFile file) {
    if (file.isDone()) {
      events.accept(file.event(command.direction()));
    }
  }

  /** Data of the receiver. */
  void answered(byte[] data, int offset, int count) throws NotUnderstoodException {
    for (int at = offset; at < offset + count; at++) {
      byte b = data[at];
      if (inFailure) {
        Optional<String> text = failureText(failure.add(b));
        if (text.isPresent()) {
          inFailure = false;
          answer(text);
        }
      } else if (b == 0) {
        answer(Optional.empty());
      } else if (b == 1 || b == 2) {
        inFailure = true;
      } else {
        throw new NotUnderstoodException("an answer that the scp protocol does not have");
      }
    }
  }

  private static Optional<String> failureText(Optional<String> line) {
    return line.map(text ->
        text.isBlank() ? "failure" : text.substring(0, Math.min(text.length(), LONGEST_FAILURE)));
  }

  private void answer(Optional<String> problem) throws NotUnderstoodException {
    if (awaited.isEmpty()) {
      throw new NotUnderstoodException("scp's receiver answers when nothing was sent");
    }
    Awaited answered = awaited.get();
    awaited = Optional.empty();
    switch (answered.kind) {
      case START -> problem.ifPresent(this::couldNotSend);
      case FILE -> {
        ScpFile file = answered.file.orElseThrow();
        if (problem.isPresent()) {
          file.sent(Optional.empty());
          file.answered(problem);
          tellWhenDone(file);
        } else {
          current = answered.file;
          await(Kind.CONTENT, answered.file);
        }
      }
      case CONTENT -> {
        ScpFile file = answered.file.orElseThrow();
        file.answered(problem);
        tellWhenDone(file);
      }
      case DIRECTORY -> {
        if (problem.isPresent()) {
          String path = directories.pop();
          ofDirectories.give(cost(path));
          events.accept(
              new Transferred(command.direction(), path, 0, 0, Optional.empty(), problem.get()));
        }
      }
      // A sender skips the file whose times were refused.
      case TIMES -> problem.ifPresent(this::couldNotSend);
      case UP -> {}
    }
  }

  /** Drops all hashes, because data may be missing from now on. */
  void loseHashes() {
    untold().forEach(ScpFile::lose);
  }

  List<Transferred> onTheirWay() {
    return untold().map(file -> file.soFar(command.direction())).toList();
  }

  private Stream<ScpFile> untold() {
    return Stream.concat(awaited.flatMap(Awaited::file).stream(), current.stream()).distinct();
  }

  /** Reports unfinished transfers. */
  void end() {
    untold().forEach(file -> events.accept(file.event(command.direction())));
    awaited = Optional.empty();
    directories.clear();
    current = Optional.empty();
  }
}
