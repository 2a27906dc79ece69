package dev.sallyport.recording.files;

import dev.sallyport.memory.MemoryHold;
import dev.sallyport.recording.files.FileEvent.Direction;
import dev.sallyport.recording.files.FileEvent.Transferred;
import dev.sallyport.recording.files.FileEvent.Unparsed;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reports the files of a session in the old scp protocol (that of rcp, as in OpenSSH's scp.c;
 * today's scp uses SFTP unless it is called with {@code -O}). A file is reported when the receiver
 * has answered, or the session ends.
 *
 * <p>Paths are only as exact as the protocol allows. The side at the target decides whether the
 * path on its command line is a directory, and does not say: {@code /tmp[/a]} means {@code /tmp} or
 * {@code /tmp/a}.
 *
 * <p>Bytes must be passed here before they are sent on; those of each direction in order, on one
 * thread at a time. Memory is bounded by about 100 KiB, and 4 MiB for the deepest folders, and
 * reserved in the user's share. Data that cannot be parsed ends the observation with {@link
 * Unparsed}, not the session.
 */
public final class ScpObserver extends FileObserver {
  private final Direction direction;
  private final ScpConversation conversation;

  /**
   * @param events called on the threads that carry, one call at a time; must not wait
   * @param memory in the user's share, with {@link FileObserver#FIRST_MEMORY}; closed with the
   *     observer
   */
  public ScpObserver(ScpCommand command, Consumer<FileEvent> events, MemoryHold memory) {
    this(command, events, new ObserverMemory(memory));
  }

  private ScpObserver(ScpCommand command, Consumer<FileEvent> events, ObserverMemory memory) {
    super(events, memory);
    this.direction = command.direction();
    this.conversation = new ScpConversation(command, events, memory);
  }

  @Override
  public void toTarget(byte[] data, int offset, int count) {
    observe(data, offset, count, direction == Direction.PUT);
  }

  @Override
  public void fromTarget(byte[] data, int offset, int count) {
    observe(data, offset, count, direction == Direction.GET);
  }

  private void observe(byte[] data, int offset, int count, boolean bySender) {
    observe(() -> {
      if (bySender) {
        conversation.sent(data, offset, count);
      } else {
        conversation.answered(data, offset, count);
      }
    });
  }

  /** Delays a client that does not wait for answers: data before an answer could not be parsed. */
  @Override
  boolean hasRoom() {
    return direction == Direction.GET || !conversation.isWaiting();
  }

  @Override
  List<Transferred> onTheirWay() {
    return conversation.onTheirWay();
  }

  @Override
  void loseHashes() {
    conversation.loseHashes();
  }

  @Override
  void finish() {
    conversation.end();
  }
}
