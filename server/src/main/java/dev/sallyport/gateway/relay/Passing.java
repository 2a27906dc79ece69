package dev.sallyport.gateway.relay;

import dev.sallyport.model.SafeText;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * Rebuilds the arguments of requests that are passed on from their parsed values. They are not
 * recorded byte for byte, so they must not carry any other data.
 */
final class Passing {
  /** RFC 4254, section 6.10, and OpenSSH's {@code INFO@openssh.com}. */
  private static final Pattern SIGNAL = Pattern.compile("[A-Z0-9]{1,8}(@openssh\\.com)?");

  private static final int LONGEST_NAME = 32;
  private static final int LONGEST_TEXT = 200;

  /** Longest name that is logged of an unknown signal. */
  private static final int LONGEST_SENT = 64;

  private Passing() {}

  /** The arguments of a {@code break} (RFC 4335). */
  static byte[] duration(byte[] arguments) throws ProtocolException {
    return again(arguments, (from, to) -> to.putUInt(from.getUInt()));
  }

  /** The arguments of an {@code xon-xoff} (RFC 4254, section 6.8). */
  static byte[] flowControl(byte[] arguments) throws ProtocolException {
    return again(arguments, (from, to) -> to.putBoolean(from.getBoolean()));
  }

  /**
   * The arguments of a {@code signal} (RFC 4254, section 6.9); empty when there is no signal of
   * that name.
   */
  static Optional<byte[]> signal(byte[] arguments) throws ProtocolException {
    String[] name = {""};
    byte[] made =
        again(
            arguments,
            (from, to) -> {
              name[0] = from.getString();
              to.putString(name[0]);
            });
    return SIGNAL.matcher(name[0]).matches() ? Optional.of(made) : Optional.empty();
  }

  /** The name in a {@code signal} as it was sent, valid or not; safe to show. */
  static String sentName(byte[] arguments) throws ProtocolException {
    String[] name = {""};
    again(arguments, (from, to) -> name[0] = escaped(from.getBytes()));
    return name[0];
  }

  private static String escaped(byte[] name) {
    // Each byte becomes one character, so different names never look the same.
    String text = new String(name, StandardCharsets.ISO_8859_1);
    return SafeText.escape(text, LONGEST_SENT);
  }

  /** The duration in a {@code break}. */
  static long milliseconds(byte[] duration) {
    return new ByteArrayBuffer(duration).getUInt();
  }

  /**
   * The arguments of an {@code exit-signal} (RFC 4254, section 6.10), with a text that is safe to
   * show on a terminal.
   */
  static byte[] exitSignal(byte[] arguments) throws ProtocolException {
    return again(
        arguments,
        (from, to) -> {
          to.putString(signalName(from));
          to.putBoolean(from.getBoolean());
          to.putString(SafeText.escape(from.getString(), LONGEST_TEXT));
          to.putString("");
        });
  }

  /** The signal's name in an {@code exit-signal}; safe to show. */
  static String signalName(Buffer exitSignal) {
    return SafeText.escape(exitSignal.getString(), LONGEST_NAME);
  }

  private static byte[] again(byte[] arguments, BiConsumer<Buffer, Buffer> parts)
      throws ProtocolException {
    try {
      Buffer made = new ByteArrayBuffer();
      parts.accept(new ByteArrayBuffer(arguments), made);
      return made.getCompactData();
    } catch (BufferException | IndexOutOfBoundsException malformed) {
      throw new ProtocolException("a malformed request");
    }
  }
}
