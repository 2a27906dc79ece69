package dev.sallyport.gateway.relay;

import dev.sallyport.gateway.relay.Message.Stream;
import dev.sallyport.recording.Exec;
import dev.sallyport.recording.RecordingException;
import dev.sallyport.recording.files.FileEvent;
import dev.sallyport.recording.files.SftpGreeting;
import dev.sallyport.recording.files.SftpGreeting.Finding;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session without a terminal whose name does not say that it is sftp. It may still be sftp:
 * {@code sftp -s} names a program, and a target may run its sftp server for every request
 * (sshd_config(5), {@code ForceCommand internal-sftp}). So the client's first packet decides. At
 * most eight bytes, which have been sent on already, are kept until then.
 */
final class UnnamedSftp implements SessionTap {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  private static final String SFTP = "sftp";

  private final Exec exec;
  private final SessionTap.Command streams;
  private final Beginning files;
  private final FileEvents events;
  private final SftpGreeting client = SftpGreeting.ofClient();
  private final SftpGreeting target = SftpGreeting.ofServer();

  /** Begins to record files. */
  @FunctionalInterface
  interface Beginning {
    /**
     * Reserves the memory for it.
     *
     * @throws RecordingException when there is none; then the session must end
     */
    SessionTap.Files begin() throws RecordingException;
  }

  /** The tap that records at present. */
  private volatile SessionTap current;

  /**
   * @param streams the tap of a session that is not sftp
   * @param files the tap of one that is; created once at most
   */
  UnnamedSftp(Exec exec, SessionTap.Command streams, Beginning files, FileEvents events) {
    this.exec = exec;
    this.streams = streams;
    this.files = files;
    this.events = events;
    this.current = streams;
  }

  @Override
  public void toTarget(Message.Data data) throws RecordingException {
    if (client.finding() != Finding.UNDECIDED) {
      current.toTarget(data);
      return;
    }
    byte[] held = client.seen();
    switch (client.look(data.bytes(), 0, data.count())) {
      case UNDECIDED -> {}
      case OTHER -> current.toTarget(joined(held, data));
      case SFTP -> {
        current = files.begin();
        current.toTarget(joined(held, data));
      }
    }
  }

  private static Message.Data joined(byte[] held, Message.Data data) {
    ByteArrayOutputStream all = new ByteArrayOutputStream(held.length + data.count());
    all.writeBytes(held);
    all.write(data.bytes(), 0, data.count());
    return new Message.Data(data.stream(), all.toByteArray(), all.size());
  }

  /**
   * Detects a client that speaks sftp although its first packet did not look like it. The target's
   * answer shows that. No ordinary client does this, so under strict recording the session ends.
   */
  @Override
  public void fromTarget(Message.Data data) throws RecordingException {
    if (client.finding() != Finding.SFTP
        && data.stream() == Stream.DATA
        && target.finding() == Finding.UNDECIDED
        && target.look(data.bytes(), 0, data.count()) == Finding.SFTP) {
      String reason =
          "the target answers as an sftp server, but the client did not begin as an sftp client";
      events.tell(SFTP, new FileEvent.Unparsed(reason));
      exec.notUnderstood(SFTP, reason);
    }
    current.fromTarget(data);
  }

  @Override
  public boolean awaitRoom(Duration atMost) throws InterruptedException {
    return current.awaitRoom(atMost);
  }

  @Override
  public void end() {
    byte[] held = client.seen();
    if (client.finding() == Finding.UNDECIDED && held.length > 0) {
      try {
        streams.toTarget(new Message.Data(Stream.DATA, held, held.length));
      } catch (RecordingException e) {
        // The recording has failed before, and the session ends in any case.
        LOG.debug("the last bytes of a session are not recorded", e);
      }
    }
    current.end();
  }
}
