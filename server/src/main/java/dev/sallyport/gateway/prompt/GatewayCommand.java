package dev.sallyport.gateway.prompt;

import dev.sallyport.model.Host;
import java.util.Optional;

/**
 * A session that a user asks the bastion to open: {@code ssh ec2-user@10.0.2.15 [command]}, as the
 * command of {@code ssh -t alice@bastion ssh …} (RFC 4254, section 6.5) or typed at the prompt.
 *
 * @param login the login on the target: 1 to 255 printable ASCII characters, not beginning with a
 *     hyphen
 * @param host the target; not decided on yet
 * @param port 1 to 65535
 * @param command what runs on the target; without one, the login's shell
 * @param terminal whether the session on the target has a terminal
 * @param agent whether the client's agent should be forwarded to the target ({@code -A})
 */
public record GatewayCommand(
    String login,
    Host host,
    int port,
    Optional<String> command,
    TerminalUse terminal,
    boolean agent) {
  /** The port of a target's SSH server when none is named. */
  public static final int SSH_PORT = 22;

  /** Whether the session on the target has a terminal (a pty-req, RFC 4254, section 6.2). */
  public enum TerminalUse {
    /** As in the client's own session; {@code -t} asks for no more than that. */
    AS_CLIENT,
    /** Always ({@code -tt}); if the client has none, a dumb one. */
    ALWAYS,
    /** Never ({@code -T}). */
    NEVER
  }

  /** The result of reading a line. */
  public sealed interface Reading {
    /** A valid command. */
    record Understood(GatewayCommand command) implements Reading {}

    /**
     * An invalid command, or one that the gateway does not offer.
     *
     * @param sentence what is wrong, and what to write instead; printable ASCII, one line, no full
     *     stop
     */
    record Refused(String sentence) implements Reading {}
  }

  /**
   * Reads a line.
   *
   * <p>{@code ssh}, its options and the host are words of a POSIX shell. What follows the host is
   * the command, and is sent to the target unchanged: the user's own shell has already removed its
   * quotes, and the next shell is the target's, as with {@code ssh -J}. Only if the whole command
   * is one quoted word, these quotes are removed, because no shell could run it with them.
   *
   * @param line any length and any characters; the time is linear in its length
   * @param user the user's name, which is the login unless the line names another
   */
  public static Reading parse(String line, String user) {
    return new GatewayCommandParser(line, user).parse();
  }

  /** {@code ec2-user@10.0.2.15}, with the port unless it is 22; printable ASCII. */
  public String target() {
    String shown = host.text();
    String place = shown.indexOf(':') >= 0 && port != SSH_PORT ? "[" + shown + "]" : shown;
    return login + "@" + place + (port == SSH_PORT ? "" : ":" + port);
  }
}
