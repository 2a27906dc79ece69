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
 * The arguments of requests that pass, made anew from what they mean: they are not recorded, so
 * nothing else may travel in them.
 */
final class Passing {
  /** RFC 4254, section 6.10, and OpenSSH's {@code INFO@openssh.com}. */
  private static final Pattern SIGNAL = Pattern.compile("[A-Z0-9]{1,8}(@openssh\\.com)?");

  private static final int LONGEST_NAME = 32;
  private static final int LONGEST_TEXT = 200;

  /** Of a name that no signal has. */
  private static final int LONGEST_SENT = 64;

  private Passing() {}

  /** Of a {@code break} (RFC 4335). */
  static byte[] duration(byte[] arguments) throws ProtocolException {
    return again(arguments, (from, to) -> to.putUInt(from.getUInt()));
  }

  /** Of an {@code xon-xoff} (RFC 4254, section 6.8). */
  static byte[] flowControl(byte[] arguments) throws ProtocolException {
    return again(arguments, (from, to) -> to.putBoolean(from.getBoolean()));
  }

  /** Of a {@code signal} (RFC 4254, section 6.9); empty when there is none of that name. */
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

  /** The name in a {@code signal} as it was sent, whatever it is; fit to be shown. */
  static String sentName(byte[] arguments) throws ProtocolException {
    String[] name = {""};
    again(arguments, (from, to) -> name[0] = escaped(from.getBytes()));
    return name[0];
  }

  private static String escaped(byte[] name) {
    // A character stands for a byte, so two names never read the same; longer ones are cut.
    String text = new String(name, StandardCharsets.ISO_8859_1);
    return SafeText.escape(text, LONGEST_SENT);
  }

  /** The number in a {@code break}. */
  static long milliseconds(byte[] duration) {
    return new ByteArrayBuffer(duration).getUInt();
  }

  /** Of an {@code exit-signal} (RFC 4254, section 6.10); its text may be shown on a terminal. */
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

  /** The signal's name, which an {@code exit-signal} begins with; fit to be shown. */
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
