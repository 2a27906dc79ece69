package dev.sallyport.support.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotifySocketTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void aMessageReachesASocketInTheFileSystem() throws Throwable {
    assertArrives(folder.resolve("notify").toString());
  }

  @Test
  void aMessageReachesAnAbstractSocket() throws Throwable {
    assertArrives("@sallyport-test-" + UUID.randomUUID());
  }

  private static void assertArrives(String name) throws Throwable {
    try (NotifyReceiver manager = new NotifyReceiver(name)) {
      NotifySocket socket = new NotifySocket(name);
      socket.send("READY=1\nSTATUS=\u00fc");
      socket.send("STOPPING=1");
      assertThat(manager.next(DEADLINE)).hasValue("READY=1\nSTATUS=\u00fc");
      assertThat(manager.next(DEADLINE)).hasValue("STOPPING=1");
    }
  }

  @Test
  void aSocketThatNobodyListensOnIsAFault() {
    assertThatThrownBy(() -> new NotifySocket(folder.resolve("none").toString()).send("READY=1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("sendto")
        .hasMessageContaining("errno 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "@", "relative", "vsock:2:3"})
  void whatIsNoSocketOfThisMachineIsAFault(String name) {
    assertThatThrownBy(() -> new NotifySocket(name).send("READY=1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("NOTIFY_SOCKET");
  }

  @Test
  void aNameThatIsTooLongIsAFaultAndNotCutOff() throws Throwable {
    String longest = "@" + "x".repeat(106);
    assertArrives(longest);
    assertThatThrownBy(() -> new NotifySocket(longest + "x").send("READY=1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too long");
  }
}
