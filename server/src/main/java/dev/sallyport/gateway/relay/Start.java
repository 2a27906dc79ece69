package dev.sallyport.gateway.relay;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** The request that begins what a session is for (RFC 4254, section 6.5). */
@SuppressWarnings("ArrayRecordComponent") // as Message
sealed interface Start {
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
