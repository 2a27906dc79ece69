package dev.sallyport.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.support.linux.NotifyReceiver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceManagerTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void theManagerHearsEachStateAndASentence() throws Throwable {
    try (NotifyReceiver receiver = new NotifyReceiver(folder.resolve("notify").toString())) {
      ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", receiver.name()));
      manager.ready("listening on [127.0.0.1:22]");
      manager.reloading();
      manager.stopping("stopping");
      manager.failed("no host key");
      assertThat(receiver.next(DEADLINE)).hasValue("READY=1\nSTATUS=listening on [127.0.0.1:22]");
      assertThat(receiver.next(DEADLINE))
          .get()
          .asString()
          .matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+\nSTATUS=reloading");
      assertThat(receiver.next(DEADLINE)).hasValue("STOPPING=1\nSTATUS=stopping");
      assertThat(receiver.next(DEADLINE)).hasValue("STATUS=no host key");
    }
  }

  /** A line that begins with MAINPID= would be an order to the manager. */
  @Test
  void aSentenceIsOneLine() throws Throwable {
    try (NotifyReceiver receiver = new NotifyReceiver(folder.resolve("notify").toString())) {
      ServiceManager.of(Map.of("NOTIFY_SOCKET", receiver.name()))
          .failed("one\nMAINPID=1\r\u001b[2J" + "x".repeat(1000));
      assertThat(receiver.next(DEADLINE))
          .get()
          .asString()
          .startsWith("STATUS=one MAINPID=1  [2Jxxx")
          .endsWith("xxx...")
          .hasSizeLessThan(520);
    }
  }

  @Test
  void withoutAManagerNothingHappensAndOneThatIsGoneStopsNobody() {
    ServiceManager.none().ready("listening");
    ServiceManager.of(Map.of()).ready("listening");
    ServiceManager.of(Map.of("NOTIFY_SOCKET", "")).ready("listening");
    ServiceManager.of(Map.of("NOTIFY_SOCKET", folder.resolve("gone").toString()))
        .ready("listening");
  }
}
