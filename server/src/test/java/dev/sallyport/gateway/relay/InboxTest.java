package dev.sallyport.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.gateway.relay.Message.Stream;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.memory.TestShares;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;

/** What a hostile peer can make the relay keep, and what passes in requests. */
class InboxTest {
  private static final int BUDGET = 1024 * 1024;

  /** What is left beside an open one in which nothing waits. */
  private static final long REST = BUDGET - ForwardWindow.FIRST - Inbox.MESSAGES;

  private final MemoryShare memory = TestShares.of(BUDGET);
  private final Inbox inbox = new Inbox(memory, ForwardWindow.LARGEST);

  private void openIt() {
    assertThat(inbox.open()).isTrue();
  }

  private void put(Stream stream, String text) throws ProtocolException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    inbox.put(stream, bytes, 0, bytes.length);
  }

  @Test
  void keepsOneEndOfDataHoweverManyCome() throws Exception {
    openIt();
    put(Stream.DATA, "a");
    for (int i = 0; i < 100_000; i++) {
      inbox.putEof();
    }
    put(Stream.DATA, "behind the end");
    inbox.end();

    assertThat(inbox.take(Taker.RELAY)).isInstanceOf(Message.Data.class);
    assertThat(inbox.take(Taker.RELAY)).isInstanceOf(Message.Eof.class);
    assertThat(inbox.take(Taker.RELAY)).isInstanceOf(Message.Closed.class);
  }

  /** Inside a forward, all that the client may send on a channel fits into the forward's window. */
  @Test
  void givesNoLargerWindowThanItsLargest() throws Exception {
    MemoryShare much = TestShares.of(64L * 1024 * 1024);
    Inbox inside = new Inbox(much, ForwardWindow.LARGEST_INSIDE);
    assertThat(inside.open()).isTrue();
    int window = ForwardWindow.FIRST;
    for (int i = 0; i < 1000; i++) {
      int count = Math.min(window, ForwardWindow.PACKET);
      inside.put(Stream.DATA, new byte[count], 0, count);
      Message.Data data = (Message.Data) inside.take(Taker.RELAY);
      window += inside.taken(data.count()) - count;
      assertThat(window).isLessThanOrEqualTo(ForwardWindow.LARGEST_INSIDE);
    }
    assertThat(much.held()).isEqualTo(ForwardWindow.LARGEST_INSIDE + Inbox.MESSAGES);
  }

  @Test
  void boundsWhatAlternatingStreamsCost() {
    openIt();

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < ForwardWindow.FIRST; i++) {
                put(i % 2 == 0 ? Stream.DATA : Stream.ERRORS, "x");
              }
            })
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("your share is 1 MiB");
    inbox.close();
    assertThat(memory.reserve(BUDGET)).as("all of the memory is given back").isTrue();
  }

  @Test
  void goesOnWhenTheShareIsUsedUp() throws Exception {
    openIt();
    assertThat(memory.reserve(REST)).isTrue();
    for (int i = 0; i < 1000; i++) {
      put(Stream.DATA, "x");
      put(Stream.ERRORS, "y");
      inbox.put(new Message.Request("window-change", false, new byte[16]));
      for (int taken = 0; taken < 3; taken++) {
        if (inbox.take(Taker.RELAY) instanceof Message.Data data) {
          inbox.taken(data.count());
        }
      }
    }
  }

  @Test
  void givesTheMemoryOfPiecesBackWhenTheyAreTaken() throws Exception {
    openIt();
    for (int i = 0; i < 100; i++) {
      put(i % 2 == 0 ? Stream.DATA : Stream.ERRORS, "x");
    }
    for (int i = 0; i < 100; i++) {
      assertThat(inbox.take(Taker.RELAY))
          .isInstanceOfSatisfying(
              Message.Data.class, data -> assertThat(data.bytes()).hasSizeLessThan(257));
    }
    assertThat(memory.reserve(REST - Inbox.MESSAGES)).isTrue();
  }

  @Test
  void countsTheNamesOfRequests() throws Exception {
    openIt();
    String name = "x".repeat(64);
    int most = (BUDGET - ForwardWindow.FIRST) / (128 + Character.BYTES * name.length());
    assertThat(most).as("the memory is what ends it").isLessThan(Inbox.MOST_WAITING);

    assertThatThrownBy(
            () -> {
              for (int i = 0; i <= most; i++) {
                inbox.put(new Message.Request(name, false, new byte[0]));
              }
            })
        .isInstanceOf(ProtocolException.class);
    inbox.close();
    assertThat(memory.reserve(BUDGET)).as("all of the memory is given back").isTrue();
  }

  @Test
  void takesAReplyAndKeepsAndCountsWhatCameBeforeIt() throws Exception {
    openIt();
    put(Stream.DATA, "early");
    inbox.put(new Message.Request("exit-status", false, new byte[BUDGET / 2]));
    inbox.put(new Message.Reply(true));
    inbox.put(new Message.Reply(false));

    assertThat(inbox.takeReply()).contains(new Message.Reply(true));
    assertThat(memory.reserve(BUDGET / 2)).as("it is still kept").isFalse();
    assertThat(inbox.takeReply()).contains(new Message.Reply(false));
    assertThat(inbox.take(Taker.RELAY)).isInstanceOf(Message.Data.class);
    assertThat(inbox.take(Taker.RELAY)).isInstanceOf(Message.Request.class);
    assertThat(memory.reserve(REST - Inbox.MESSAGES)).as("it is given back").isTrue();
    inbox.end();
    assertThat(inbox.takeReply()).isEmpty();
  }

  @Test
  void keepsMemoryForWhatIsKeptUntilTheEnd() throws Exception {
    openIt();
    inbox.keep(BUDGET / 2);

    assertThatThrownBy(() -> inbox.keep(BUDGET / 2)).isInstanceOf(ProtocolException.class);

    inbox.close();
    assertThat(memory.reserve(BUDGET)).as("all of the memory is given back").isTrue();
  }

  @Test
  void tellsThePromptOfAnEndThatTheRelayTook() throws Exception {
    openIt();
    inbox.putEof();
    assertThat(inbox.take(Taker.RELAY)).isInstanceOf(Message.Eof.class);

    inbox.giveTo(Taker.PROMPT);

    assertThat(inbox.take(Taker.PROMPT)).isInstanceOf(Message.Eof.class);
  }

  @Test
  void letsNothingButTheirMeaningTravelInRequests() throws Exception {
    assertThat(Passing.signal(arguments("INT", "more"))).contains(arguments("INT"));
    assertThat(Passing.signal(arguments("a secret of many words"))).isEmpty();
    assertThat(Passing.flowControl(new byte[] {7, 1, 2, 3})).containsExactly(1);
    assertThat(Passing.duration(new byte[] {0, 0, 1, 0, 9, 9})).containsExactly(0, 0, 1, 0);
    assertThat(Pty.resized(new byte[20]).arguments()).hasSize(16);
    assertThatThrownBy(() -> Pty.resized(new byte[3])).isInstanceOf(ProtocolException.class);

    Buffer died = new ByteArrayBuffer();
    died.putString("TERM");
    died.putBoolean(true);
    died.putString("\u001b]0;owned\u0007");
    died.putString("en");
    assertThat(new String(Passing.exitSignal(died.getCompactData()), StandardCharsets.US_ASCII))
        .contains("TERM")
        .doesNotContain("\u001b");
  }

  private static byte[] arguments(String... texts) {
    Buffer buffer = new ByteArrayBuffer();
    for (String text : texts) {
      buffer.putString(text);
    }
    return buffer.getCompactData();
  }
}
