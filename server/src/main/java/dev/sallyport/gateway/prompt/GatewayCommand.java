package dev.sallyport.gateway.prompt;

import dev.sallyport.model.Host;
import java.util.Optional;

/**
 * A session that a user asks the bastion to open: {@code ssh ec2-user@10.0.2.15 [command]}, as the
 * command of {@code ssh -t alice@bastion ssh …} (RFC 4254, section 6.5) or typed at the prompt.
 *
 * @param login who to be on the target: 1 to 255 printable ASCII characters, not beginning with a
 *     hyphen
 * @param host where; nothing is decided yet
 * @param port 1 to 65535
 * @param command what runs on the target; the shell of the login without one
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
    /** As the client's own session; {@code -t} asks for no more, since there is none to be had. */
    AS_CLIENT,
    /** In any case ({@code -tt}): without one at the client, one that is dumb. */
    ALWAYS,
    /** In no case ({@code -T}). */
    NEVER
  }

  /** What became of a line. */
  public sealed interface Reading {
    /** It is understood. */
    record Understood(GatewayCommand command) implements Reading {}

    /**
     * It is not, or it is nothing for a gateway.
     *
     * @param sentence what was wrong with what, and what to write; printable ASCII, one line, no
     *     full stop
     */
    record Refused(String sentence) implements Reading {}
  }

  /**
   * Reads a line.
   *
   * <p>{@code ssh}, its options and the host are words of a POSIX shell. What follows the host is
   * the command, and goes to the target letter by letter: the user's own shell has already taken
   * its quotes off, and the next shell is the target's, as with {@code ssh -J}. Only a command that
   * is one quoted word loses these quotes; no shell could run it with them.
   *
   * @param line of any length and with any characters; the time taken grows with its length only
   * @param user who types; the login unless the line names another
   */
  public static Reading parse(String line, String user) {
    return new GatewayCommandParser(line, user).parse();
  }

  /** {@code ec2-user@10.0.2.15}, with the port unless it is the usual one; printable ASCII. */
  public String target() {
    String shown = host.text();
    String place = shown.indexOf(':') >= 0 && port != SSH_PORT ? "[" + shown + "]" : shown;
    return login + "@" + place + (port == SSH_PORT ? "" : ":" + port);
  }
}
