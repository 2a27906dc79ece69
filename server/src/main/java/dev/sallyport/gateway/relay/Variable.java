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
 * An environment variable that a client sends for a session (RFC 4254, section 6.4). The target
 * decides whether to accept it, as sshd does by {@code AcceptEnv}.
 *
 * @param value one character for each byte, because it need not be UTF-8
 */
record Variable(String name, String value) {
  /** Longest value, in bytes. */
  static final int LONGEST_VALUE = 4096;

  /** Names that a shell accepts, of at most 128 characters. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  /**
   * Variables for languages, terminals, time zones and protocols, whose values are always recorded.
   * Many targets accept them, so a command could execute a script from one, and none of them is
   * meant for secrets.
   */
  private static final Pattern RECORDED =
      Pattern.compile("LANG|LANGUAGE|LC_[A-Za-z0-9_]+|TERM|COLORTERM|NO_COLOR|GIT_PROTOCOL|TZ");

  /**
   * Reads a request's arguments.
   *
   * @return empty when the target might read another name or value than the bastion does: an
   *     invalid name, a NUL, which ends a C string, or trailing bytes
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

  /** The arguments of the {@code env} request to the target. */
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
   * The text in the recording: {@code NAME=value}, or without the value when it may be a secret. As
   * with standard input, such a value is recorded only if the rule says so.
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

  /** The number of bytes of the value that {@link #recorded} leaves out. */
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
