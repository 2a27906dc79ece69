package dev.sallyport.gateway.relay;

import dev.sallyport.model.Terms;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * A variable that a client wants a session to have (RFC 4254, section 6.4). Whether it gets it is
 * the target's decision, as sshd's by {@code AcceptEnv}.
 *
 * @param value a character stands for a byte, because it need not be UTF-8
 */
record Variable(String name, String value) {
  /** Longest value, in bytes. */
  static final int LONGEST_VALUE = 4096;

  /** What a shell takes for a name; of 128 characters at most. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  /**
   * Languages, terminals, time zones and protocols. Many targets accept them, so a command could
   * take a script out of one; and none of them is meant for a secret. So their values are recorded
   * whatever they hold.
   */
  private static final Pattern RECORDED =
      Pattern.compile("LANG|LANGUAGE|LC_[A-Za-z0-9_]+|TERM|COLORTERM|NO_COLOR|GIT_PROTOCOL|TZ");

  /**
   * Reads a request's arguments.
   *
   * @return nothing when the target might read another name or value than the bastion: a name of
   *     other characters, a NUL, which ends a string of C, or more behind the two
   */
  static Optional<Variable> read(byte[] arguments) {
    try {
      Buffer buffer = new ByteArrayBuffer(arguments);
      String name = new String(buffer.getBytes(), StandardCharsets.ISO_8859_1);
      String value = new String(buffer.getBytes(), StandardCharsets.ISO_8859_1);
      return NAME.matcher(name).matches()
              && value.length() <= LONGEST_VALUE
              && value.indexOf('\0') < 0
              && buffer.available() == 0
          ? Optional.of(new Variable(name, value))
          : Optional.empty();
    } catch (BufferException | IndexOutOfBoundsException malformed) {
      return Optional.empty();
    }
  }

  /** The arguments of its request to the target. */
  byte[] arguments() {
    Buffer buffer = new ByteArrayBuffer();
    buffer.putString(name);
    buffer.putBytes(bytes());
    return buffer.getCompactData();
  }

  /** Bytes of its name and its value. */
  int length() {
    return name.length() + value.length();
  }

  /**
   * How the record shows it: {@code NAME=value}, or without the value where that may be a secret.
   * As with standard input, only a rule that says so has it recorded.
   */
  String recorded(Terms.Input input) {
    if (!isRecorded(input)) {
      return "%s (%d bytes)".formatted(name, value.length());
    }
    try {
      return name + "=" + StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes()));
    } catch (CharacterCodingException e) {
      return name + " (hexadecimal)=" + HexFormat.of().formatHex(bytes());
    }
  }

  /** Bytes of its value that {@link #recorded} does not show. */
  int unrecorded(Terms.Input input) {
    return isRecorded(input) ? 0 : value.length();
  }

  private boolean isRecorded(Terms.Input input) {
    return input == Terms.Input.ALL || RECORDED.matcher(name).matches();
  }

  private byte[] bytes() {
    return value.getBytes(StandardCharsets.ISO_8859_1);
  }
}
