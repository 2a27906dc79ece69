package dev.sallyport.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ProtocolException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a client's terminal reaches a target. */
final class PtyTest {
  private static byte[] request(String term, int... modes) {
    Buffer encoded = new ByteArrayBuffer();
    for (int one : modes) {
      encoded.putByte((byte) one);
    }
    Buffer buffer = new ByteArrayBuffer();
    buffer.putString(term);
    for (int size : new int[] {132, 43, 1056, 602}) {
      buffer.putUInt(size);
    }
    buffer.putBytes(encoded.getCompactData());
    return buffer.getCompactData();
  }

  /** What the target is asked for when the client asks for this. */
  private static byte[] passed(byte[] request) throws ProtocolException {
    return Pty.parse(request).request();
  }

  @Test
  void theTargetIsAskedForTheSame() throws Exception {
    byte[] asked = request("xterm", 3, 0, 0, 0, 127, 53, 0, 0, 0, 1, 129, 0, 0, 0x96, 0, 0);

    assertThat(passed(asked)).isEqualTo(asked);
  }

  @Test
  void nothingPassesBehindTheEndOfTheModesAndNoOpcodeThatIsNotDefined() throws Exception {
    byte[] plain = request("xterm", 3, 0, 0, 0, 127, 0);

    assertThat(passed(request("xterm", 3, 0, 0, 0, 127, 0, 's', 'h'))).isEqualTo(plain);
    assertThat(passed(request("xterm", 3, 0, 0, 0, 127, 160, 's', 'h'))).isEqualTo(plain);
    assertThat(passed(request("xterm", 3, 0, 0, 0, 127))).isEqualTo(plain);
  }

  @Test
  void nothingPassesBehindTheModes() throws Exception {
    byte[] plain = request("xterm", 0);
    byte[] more = java.util.Arrays.copyOf(plain, plain.length + 100);

    assertThat(passed(more)).isEqualTo(plain);
  }

  @Test
  void aModeHasOneArgumentHoweverOftenItComes() throws Exception {
    int[] flood = new int[Inbox.LONGEST_REQUEST / 10 * 5];
    for (int i = 0; i < flood.length; i += 5) {
      flood[i] = 1 + i / 5 % 159;
    }

    assertThat(passed(request("xterm", flood))).hasSize(request("xterm").length + 159 * 5 + 1);
  }

  @Test
  void aModeWithoutItsArgumentEndsTheModes() throws Exception {
    assertThat(passed(request("xterm", 3, 0, 0, 0, 127, 53, 0, 0)))
        .isEqualTo(request("xterm", 3, 0, 0, 0, 127, 0));
  }

  @Test
  void anotherSizeChangesNothingElse() throws Exception {
    Pty asked = Pty.parse(request("xterm", 3, 0, 0, 0, 127, 0));

    assertThat(
            asked
                .resizedTo(new Pty.Size(80, 24, 0, 0))
                .resizedTo(new Pty.Size(132, 43, 1056, 602))
                .request())
        .isEqualTo(asked.request());
  }

  /** The target's own business; what is drawn here is bounded where it is drawn. */
  @Test
  void aSizeBeyondEveryScreenPassesAsItIs() throws Exception {
    Pty.Size beyond = new Pty.Size(0xffff_ffffL, 0, 70_000, 1);

    assertThat(Pty.resized(beyond.arguments())).isEqualTo(beyond);
    assertThat(Pty.parse(Pty.dumb().resizedTo(beyond).request()).size()).isEqualTo(beyond);
  }

  @Test
  void aTerminalWithoutANameIsDumbAndOtherwiseTheSame() throws Exception {
    byte[] script = request("$(id)", 3, 0, 0, 0, 127, 0);

    assertThat(Pty.parse(script).unnamed().request())
        .isEqualTo(request("dumb", 3, 0, 0, 0, 127, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "xterm-256color", "screen.xterm_new+sl"})
  void namesOfTerminalsAreNames(String term) throws Exception {
    assertThat(Pty.parse(request(term, 0)).isNamed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "x;id", "$(id)", "x\ny", "x\n", "\u00e4", "\u001b[m"})
  void whatCouldRunIsNoName(String term) throws Exception {
    assertThat(Pty.parse(request(term, 0)).isNamed()).isFalse();
    assertThat(Pty.parse(request("a".repeat(65), 0)).isNamed()).isFalse();
  }
}
