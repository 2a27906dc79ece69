package dev.sallyport.gateway.relay;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** The request that starts a session's program (RFC 4254, section 6.5). */
@SuppressWarnings("ArrayRecordComponent") // as Message
sealed interface Start {
  /** Names of subsystems (RFC 4250, section 4.6.1). */
  Pattern SUBSYSTEM = Pattern.compile("[!-~]{1,64}");

  /** A login shell. */
  record Shell() implements Start {}

  /** A command, in the client's bytes. */
  record Exec(byte[] command) implements Start {
    /** As text; bytes that are not UTF-8 are replaced. */
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
   * Why the target could interpret the request differently than the bastion does, if it could.
   *
   * <p>OpenSSH uses C strings, so a name or a command ends at its first NUL there. What follows
   * would be recorded but not run. The name of a subsystem consists of printable ASCII without
   * spaces (RFC 4250, section 4.6.1), which is unambiguous. Other control characters are allowed in
   * a command: newlines are part of a shell's syntax, and a shell treats the others as ordinary
   * characters. All of them are recorded, escaped.
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
                  "this is not the name of a subsystem: they are up to 64 printable characters of"
                      + " ASCII, without spaces");
    };
  }

  /**
   * The command's bytes in lower-case hexadecimal, when {@link #shown} does not represent them
   * exactly.
   */
  default Optional<String> hex() {
    return this instanceof Exec exec && !exec.isUtf8()
        ? Optional.of(HexFormat.of().formatHex(exec.command()))
        : Optional.empty();
  }

  /** The type of the request, which the audit log uses too. */
  default String kind() {
    return switch (this) {
      case Shell() -> "shell";
      case Exec exec -> "exec";
      case Subsystem subsystem -> "subsystem";
    };
  }

  /** The command or subsystem as text; empty for a shell. */
  default String shown() {
    return switch (this) {
      case Shell() -> "";
      case Exec exec -> exec.text();
      case Subsystem(String name) -> name;
    };
  }

  /** The arguments of its request, after the flag "want reply". */
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
