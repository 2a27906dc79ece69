package dev.sallyport.gateway.relay;

import dev.sallyport.recording.files.FileEvent;
import dev.sallyport.recording.files.ScpCommand;
import dev.sallyport.recording.files.ScpObserver;
import dev.sallyport.recording.files.SftpObserver;
import java.util.function.Consumer;

/** A protocol that carries files, as it is watched. One thread for each direction. */
sealed interface FileProtocol {
  void toTarget(byte[] bytes, int offset, int count);

  void fromTarget(byte[] bytes, int offset, int count);

  /** Tells what is unfinished. */
  void end();

  /** The subsystem {@code sftp}. */
  record Sftp(SftpObserver observer) implements FileProtocol {
    Sftp(Consumer<FileEvent> events) {
      this(new SftpObserver(events));
    }

    @Override
    public void toTarget(byte[] bytes, int offset, int count) {
      observer.toTarget(bytes, offset, count);
    }

    @Override
    public void fromTarget(byte[] bytes, int offset, int count) {
      observer.fromTarget(bytes, offset, count);
    }

    @Override
    public void end() {
      observer.end();
    }
  }

  /** The old protocol of {@code scp}. */
  record Scp(ScpObserver observer) implements FileProtocol {
    Scp(ScpCommand command, Consumer<FileEvent> events) {
      this(new ScpObserver(command, events));
    }

    @Override
    public void toTarget(byte[] bytes, int offset, int count) {
      observer.toTarget(bytes, offset, count);
    }

    @Override
    public void fromTarget(byte[] bytes, int offset, int count) {
      observer.fromTarget(bytes, offset, count);
    }

    @Override
    public void end() {
      observer.end();
    }
  }
}
