package dev.sallyport.recording.files;

import dev.sallyport.memory.MemoryHold;
import dev.sallyport.recording.files.FileEvent.Direction;
import dev.sallyport.recording.files.FileEvent.Transferred;
import dev.sallyport.recording.files.FileEvent.Unparsed;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells which files pass in the old scp protocol (rcp's, as OpenSSH's scp.c has it; today's scp
 * speaks SFTP unless it is called with {@code -O}). A file is told when the receiver has answered
 * for it, or the session ends.
 *
 * <p>Paths are as the protocol lets them be known. The side at the target decides whether the path
 * on its command line is a directory and does not say: {@code /tmp[/a]} means {@code /tmp} or
 * {@code /tmp/a}.
 *
 * <p>Bytes must come here before they are passed on; each direction's in their order, on one thread
 * at a time. Memory is bounded, about 100 KiB, and 4 MiB for the deepest folders, and taken from
 * the user's share. What cannot be understood ends the telling with {@link Unparsed}, not the
 * session.
 */
public final class ScpObserver extends FileObserver {
  private final Direction direction;
  private final ScpConversation conversation;

  /**
   * @param events is called on the threads that carry, one call at a time, and must not wait
   * @param memory of the user, with {@link FileObserver#FIRST_MEMORY}; closed with the observer
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

  /** Holds a client back that does not wait: what it sends before an answer is not understood. */
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
