package dev.sallyport.gateway.prompt;

import dev.sallyport.model.SafeText;
import java.util.Optional;

/** Messages for users who ask the bastion for another program than {@code ssh}. */
final class OtherProgram {
  /** Longest name that is shown, in characters, which may be a path. */
  private static final int SHOWN = 64;

  private OtherProgram() {}

  /**
   * The refusal: printable ASCII, one line, no full stop.
   *
   * @param program the first word of the command
   * @param user the user's name
   */
  static String refusal(String program, String user) {
    return hint(program, user)
        .orElseGet(() ->
            "this bastion runs no commands, so not "
                + SafeText.escape(program, SHOWN)
                + ": write ssh <login>@<private server> <command>");
  }

  /** What to use instead of {@code program}, if that is known; formatted as a refusal. */
  static Optional<String> hint(String program, String user) {
    String jump = "-J " + SafeText.escape(user, SHOWN) + "@<this bastion>";
    return switch (program.substring(program.lastIndexOf('/') + 1)) {
      case "scp" ->
          Optional.of("this bastion has no files: use scp " + jump + " <file> <login>@<server>:");
      case "sftp", "sftp-server", "internal-sftp" ->
          Optional.of("this bastion has no files: use sftp " + jump + " <login>@<server>");
      case "rsync" -> Optional.of("this bastion has no files: use rsync -e 'ssh " + jump + "'");
      case "git-upload-pack", "git-receive-pack", "git-upload-archive" ->
          Optional.of("this bastion has no repositories: set GIT_SSH_COMMAND='ssh " + jump + "'");
      case "nc", "netcat", "ncat", "socat", "connect", "telnet" ->
          Optional.of(
              "this bastion runs no programs, and understands only nc <host> <port>, nc -q0 <host>"
                  + " <port> and socat - TCP:<host>:<port>: use ssh "
                  + jump
                  + " <login>@<server>, or ProxyCommand ssh -W %h:%p "
                  + SafeText.escape(user, SHOWN)
                  + "@<this bastion>");
      case "mosh-server", "mosh" ->
          Optional.of("mosh needs UDP, which this bastion does not carry: use ssh " + jump);
      default -> Optional.empty();
    };
  }
}
