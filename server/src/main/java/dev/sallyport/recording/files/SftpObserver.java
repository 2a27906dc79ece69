package dev.sallyport.recording.files;

import dev.sallyport.memory.MemoryHold;
import dev.sallyport.recording.files.FileEvent.Transferred;
import dev.sallyport.recording.files.FileEvent.Unparsed;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reports what an SFTP session does to files: version 3 (draft-ietf-secsh-filexfer-02) with
 * OpenSSH's extensions (its PROTOCOL file, section 4). A file is reported when it is closed or the
 * session ends.
 *
 * <p>Bytes must be passed here before they are sent on, so that no answer overtakes its request;
 * those of each direction in order, on one thread at a time. Memory is bounded by about 8 MiB,
 * whatever either side sends, and reserved in the user's share. If there is none for content out of
 * order, there is no hash. Data that cannot be parsed, or would take more memory in another way,
 * ends the observation with {@link Unparsed}, not the session.
 *
 * <p>The client controls the number of events: each rename is one. The receiver must limit them.
 */
public final class SftpObserver extends FileObserver {
  private final SftpPackets requests;
  private final SftpPackets answers;
  private final SftpConversation conversation;

  /**
   * @param events called on the threads that carry, one call at a time; must not wait
   * @param memory in the user's share, with {@link FileObserver#FIRST_MEMORY}; closed with the
   *     observer
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
