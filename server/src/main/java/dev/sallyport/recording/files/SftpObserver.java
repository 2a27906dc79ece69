package dev.sallyport.recording.files;

import dev.sallyport.memory.MemoryHold;
import dev.sallyport.recording.files.FileEvent.Transferred;
import dev.sallyport.recording.files.FileEvent.Unparsed;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells what an SFTP session does to files: version 3 (draft-ietf-secsh-filexfer-02) with OpenSSH's
 * extensions (its PROTOCOL file, section 4). A file is told when it is closed or the session ends.
 *
 * <p>Bytes must come here before they are passed on, so that no answer overtakes its request; each
 * direction's in their order, on one thread at a time. Memory is bounded whatever either side
 * sends, about 8 MiB at the very most, and taken from the user's share. Content out of order for
 * which there is none loses its hash. What cannot be understood, or would take more memory
 * otherwise, ends the telling with {@link Unparsed}, not the session.
 *
 * <p>How many events come is the client's choice: each rename is one. Whoever takes them bounds
 * them.
 */
public final class SftpObserver extends FileObserver {
  private final SftpPackets requests;
  private final SftpPackets answers;
  private final SftpConversation conversation;

  /**
   * @param events is called on the threads that carry, one call at a time, and must not wait
   * @param memory of the user, with {@link FileObserver#FIRST_MEMORY}; closed with the observer
   */
  public SftpObserver(Consumer<FileEvent> events, MemoryHold memory) {
    this(events, new ObserverMemory(memory));
  }

  private SftpObserver(Consumer<FileEvent> events, ObserverMemory memory) {
    super(events, memory);
    this.requests = new SftpPackets(memory);
    this.answers = new SftpPackets(memory);
    this.conversation = new SftpConversation(events, memory);
  }

  @Override
  public void toTarget(byte[] data, int offset, int count) {
    observe(() -> requests.feed(data, offset, count, conversation::request));
  }

  @Override
  public void fromTarget(byte[] data, int offset, int count) {
    observe(() -> answers.feed(data, offset, count, conversation::answer));
  }

  @Override
  boolean hasRoom() {
    return conversation.hasRoom();
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
    requests.clear();
    answers.clear();
  }
}
