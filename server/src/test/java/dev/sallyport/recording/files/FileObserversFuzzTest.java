package dev.sallyport.recording.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.memory.TestShares;
import dev.sallyport.recording.files.FileEvent.Direction;
import dev.sallyport.recording.files.FileEvent.Unparsed;
import java.util.ArrayList;
import java.util.List;

/** Whatever both sides send, an observer neither throws nor goes on once it is lost. */
final class FileObserversFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anySftpBytesAreToldOrNotUnderstood(byte[] data) {
    SftpTalk talk = SftpTalk.begun();
    deal(data, Transcript.sftp(talk.observer));
    check(talk.events);
  }

  @FuzzTest(maxDuration = "60s")
  void anyScpBytesAreToldOrNotUnderstood(byte[] data) {
    List<FileEvent> events = new ArrayList<>();
    ScpCommand command = new ScpCommand(Direction.PUT, "/a", false);
    deal(
        data,
        Transcript.scp(new ScpObserver(command, events::add, TestShares.of(64L << 20).hold())));
    check(events);
  }

  @FuzzTest(maxDuration = "60s")
  void anyCommandIsScpOrNot(byte[] data) {
    switch (ScpCommand.read(data)) {
      case ScpCommand.Reading.Other() -> {}
      case ScpCommand.Reading.Server(ScpCommand scp) -> assertThat(scp.resolve("a")).isNotEmpty();
      case ScpCommand.Reading.Unclear(String why) -> assertThat(why).isNotEmpty();
    }
  }

  /** The first byte of each piece says whose it is and how long. */
  private static void deal(byte[] data, Transcript.Observer observer) {
    int at = 0;
    while (at < data.length) {
      int count = Math.min(data.length - at - 1, data[at] & 0x7f);
      if (data[at] >= 0) {
        observer.toTarget(data, at + 1, count);
      } else {
        observer.fromTarget(data, at + 1, count);
      }
      at += 1 + count;
    }
    observer.end();
  }

  private static void check(List<FileEvent> events) {
    for (FileEvent event : events) {
      if (event instanceof Unparsed(String reason)) {
        assertThat(event).isSameAs(events.getLast());
        assertThat(reason).matches("[ -~]+");
      }
    }
  }
}
