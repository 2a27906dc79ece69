package dev.sallyport.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Terms;
import java.nio.charset.StandardCharsets;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VariableTest {
  private static byte[] arguments(String name, byte[] value) {
    Buffer buffer = new ByteArrayBuffer();
    buffer.putString(name);
    buffer.putBytes(value);
    return buffer.getCompactData();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Variable variable(String name, String value) {
    return Variable.read(arguments(name, bytes(value))).orElseThrow();
  }

  @Test
  void everyByteButNulReachesTheTargetAsItWasSent() {
    byte[] all = new byte[255];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) (i + 1);
    }
    byte[] arguments = arguments("_a9", all);
    assertThat(Variable.read(arguments).orElseThrow().arguments()).isEqualTo(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "9A", "A B", "A=B", "A-B", "BASH_FUNC_x%%", "A\0B", "A\n", "\u00c4"})
  void aNameThatAShellDoesNotReadAsOneIsRefused(String name) {
    assertThat(Variable.read(arguments(name, bytes("x")))).isEmpty();
  }

  @Test
  void whatTheTargetCouldReadOtherwiseIsRefused() {
    assertThat(Variable.read(arguments("A", bytes("x\0y")))).isEmpty();
    assertThat(Variable.read(arguments("A", new byte[0]))).isPresent();
    assertThat(Variable.read(arguments("A".repeat(128), bytes("v".repeat(4096))))).isPresent();
    assertThat(Variable.read(arguments("A".repeat(129), bytes("v")))).isEmpty();
    assertThat(Variable.read(arguments("A", bytes("v".repeat(4097))))).isEmpty();
    Buffer more = new ByteArrayBuffer(arguments("A", bytes("v")), false);
    more.putByte((byte) 0);
    assertThat(Variable.read(more.getCompactData())).isEmpty();
    assertThat(Variable.read(new byte[] {0, 0, 0, 9, 'A'})).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "LANG, NONE, LANG=v\u00e4, 0",
    "LC_ANY, ECHOED, LC_ANY=v\u00e4, 0",
    "GIT_PROTOCOL, NONE, GIT_PROTOCOL=v\u00e4, 0",
    "TOKEN, NONE, TOKEN (3 bytes), 3",
    "TOKEN, ECHOED, TOKEN (3 bytes), 3",
    "TOKEN, ALL, TOKEN=v\u00e4, 0",
    "LCX, NONE, LCX (3 bytes), 3"
  })
  void aValueThatMayBeASecretIsRecordedOnlyWhereTheRuleSaysSo(
      String name, Terms.Input input, String recorded, int unrecorded) {
    Variable variable = variable(name, "v\u00e4");
    assertThat(variable.recorded(input)).isEqualTo(recorded);
    assertThat(variable.unrecorded(input)).isEqualTo(unrecorded);
  }

  @Test
  void aValueThatIsNoUtf8IsRecordedInHexadecimal() {
    Variable latin = Variable.read(arguments("LANG", new byte[] {'d', (byte) 0xe4})).orElseThrow();
    assertThat(latin.recorded(Terms.Input.NONE)).isEqualTo("LANG (hexadecimal)=64e4");
  }
}
