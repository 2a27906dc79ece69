package dev.sallyport.recording.files;

import dev.sallyport.recording.files.FileEvent.Unparsed;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Tells what an SFTP session does to files: version 3 (draft-ietf-secsh-filexfer-02) with OpenSSH's
 * extensions (its PROTOCOL file, section 4). A file is told when it is closed or the session ends.
 *
 * <p>Bytes must come here before they are passed on, so that no answer overtakes its request; each
 * direction's in their order, on one thread at a time. Memory is bounded whatever either side
 * sends, about 8 MiB at the very most. What cannot be understood, or would take more memory, ends
 * the telling with {@link Unparsed}, not the session.
 *
 * <p>How many events come is the client's choice: each rename is one. Whoever takes them bounds
 * them.
 */
public final class SftpObserver {
  private final ReentrantLock lock = new ReentrantLock();
  private final SftpPackets requests = new SftpPackets();
  private final SftpPackets answers = new SftpPackets();
  private final Consumer<FileEvent> events;
  private final SftpConversation conversation;
  private boolean ended;

  /**
   * @param events is called on the threads that carry, one call at a time, and must not wait
   */
  public SftpObserver(Consumer<FileEvent> events) {
    this.events = events;
    this.conversation = new SftpConversation(events);
  }

  /** The client sent these. */
  public void toTarget(byte[] data, int offset, int count) {
    observe(requests, data, offset, count, conversation::request);
  }

  /** The target sent these on its standard output. */
  public void fromTarget(byte[] data, int offset, int count) {
    observe(answers, data, offset, count, conversation::answer);
  }

  private void observe(
      SftpPackets packets, byte[] data, int offset, int count, SftpPackets.Sink sink) {
    lock.lock();
    try {
      if (!ended) {
        packets.feed(data, offset, count, sink);
      }
    } catch (NotUnderstoodException e) {
      conversation.loseHashes();
      finish();
      events.accept(new Unparsed(e.reason()));
    } finally {
      lock.unlock();
    }
  }

  /** The session is over: tells the files that are still open. Later calls do nothing. */
  public void end() {
    lock.lock();
    try {
      if (!ended) {
        finish();
      }
    } finally {
      lock.unlock();
    }
  }

  private void finish() {
    ended = true;
    conversation.end();
    requests.clear();
    answers.clear();
  }
}
