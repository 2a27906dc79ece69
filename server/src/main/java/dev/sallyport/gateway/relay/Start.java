package dev.sallyport.gateway.relay;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** The request that begins what a session is for (RFC 4254, section 6.5). */
@SuppressWarnings("ArrayRecordComponent") // as Message
sealed interface Start {
  /** RFC 4250, section 4.6.1. */
  Pattern SUBSYSTEM = Pattern.compile("[!-~]{1,64}");

  /** A login shell. */
  record Shell() implements Start {}

  /** A command, in the client's bytes. */
  record Exec(byte[] command) implements Start {
    /** For people: bytes that are no UTF-8 are replaced. */
    String text() {
      return new String(command, StandardCharsets.UTF_8);
    }

    boolean isUtf8() {
      return Arrays.equals(text().getBytes(StandardCharsets.UTF_8), command);
    }
  }

  /** A subsystem, such as {@code sftp}. */
  record Subsystem(String name) implements Start {}

  /**
   * Why the target could read another request than the bastion does, if so.
   *
   * <p>To OpenSSH, whose strings are C's, a name or a command ends with its first NUL, so that what
   * follows would be in the record and not in what runs. A subsystem has a name of printable ASCII
   * without spaces (RFC 4250, section 4.6.1), which leaves nothing to be read in two ways. In a
   * command other control characters stay: the ends of lines of a script are a shell's own syntax,
   * the others are to a shell letters as any, and the record has all of them, escaped.
   */
  default Optional<String> whyNotReadable() {
    return switch (this) {
      case Shell() -> Optional.empty();
      case Exec(byte[] command) ->
          IntStream.range(0, command.length).anyMatch(i -> command[i] == 0)
              ? Optional.of(
                  "this command has a NUL in it, and a target may run only what is before it")
              : Optional.empty();
      case Subsystem(String name) ->
          SUBSYSTEM.matcher(name).matches()
              ? Optional.empty()
              : Optional.of(
                  "this is no name of a subsystem: they are up to 64 printable characters of"
                      + " ASCII, without spaces");
    };
  }

  /** The command's bytes, lower-case hexadecimal, when {@link #shown} does not say them. */
  default Optional<String> hex() {
    return this instanceof Exec exec && !exec.isUtf8()
        ? Optional.of(HexFormat.of().formatHex(exec.command()))
        : Optional.empty();
  }

  /** The name of its request, which is also what the audit log calls it. */
  default String kind() {
    return switch (this) {
      case Shell() -> "shell";
      case Exec exec -> "exec";
      case Subsystem subsystem -> "subsystem";
    };
  }

  /** What it runs, for people; empty for a shell. */
  default String shown() {
    return switch (this) {
      case Shell() -> "";
      case Exec exec -> exec.text();
      case Subsystem(String name) -> name;
    };
  }

  /** What follows the flag in its request. */
  default byte[] arguments() {
    Buffer buffer = new ByteArrayBuffer();
    switch (this) {
      case Shell() -> {}
      case Exec(byte[] command) -> buffer.putBytes(command);
      case Subsystem(String name) -> buffer.putString(name);
    }
    return buffer.getCompactData();
  }
}
