package dev.sallyport.gateway.prompt;

import java.util.Map;

/**
 * The options of {@code ssh} that the gateway accepts, and the reasons why it refuses the others.
 */
final class GatewayOption {
  private static final String ON_YOUR_OWN_SSH =
      "the bastion opens no ports for you: use it on your own ssh, with -J";

  private static final String NO_CONFIGURATION =
      "the bastion's ssh cannot be configured here: leave it out";

  private static final String BASTION_CHOOSES =
      "the bastion makes its own connection to the target: leave it out";

  /** Reasons for the options of OpenSSH that users are likely to try. */
  private static final Map<Character, String> REASONS =
      Map.ofEntries(
          Map.entry('L', ON_YOUR_OWN_SSH),
          Map.entry('R', ON_YOUR_OWN_SSH),
          Map.entry('D', ON_YOUR_OWN_SSH),
          Map.entry('W', ON_YOUR_OWN_SSH),
          Map.entry('w', ON_YOUR_OWN_SSH),
          Map.entry('N', ON_YOUR_OWN_SSH),
          Map.entry('f', ON_YOUR_OWN_SSH),
          Map.entry('g', ON_YOUR_OWN_SSH),
          Map.entry('J', "the bastion is the only hop: name the target itself"),
          Map.entry('X', "X11 is not forwarded by this bastion: leave it out"),
          Map.entry('Y', "X11 is not forwarded by this bastion: leave it out"),
          Map.entry('s', "subsystems such as sftp need your own client: use sftp -J"),
          Map.entry('i', "the rule that lets you through names the key: leave it out"),
          Map.entry('I', "the rule that lets you through names the key: leave it out"),
          Map.entry('o', NO_CONFIGURATION),
          Map.entry('F', NO_CONFIGURATION),
          Map.entry('G', NO_CONFIGURATION),
          Map.entry('v', "the second connection prints nothing: use it on your own ssh"),
          Map.entry('q', BASTION_CHOOSES),
          Map.entry('C', BASTION_CHOOSES),
          Map.entry('c', BASTION_CHOOSES),
          Map.entry('m', BASTION_CHOOSES),
          Map.entry('b', BASTION_CHOOSES),
          Map.entry('B', BASTION_CHOOSES),
          Map.entry('4', BASTION_CHOOSES),
          Map.entry('6', BASTION_CHOOSES),
          Map.entry('S', BASTION_CHOOSES),
          Map.entry('M', BASTION_CHOOSES),
          Map.entry('O', BASTION_CHOOSES),
          Map.entry('E', BASTION_CHOOSES),
          Map.entry('e', "escape characters are read by your own ssh: leave it out"),
          Map.entry('n', "your own ssh reads the input: use it there"));

  /** The options that the gateway accepts. */
  static final String KNOWN = "-l login, -p port, -t, -T, -A";

  private GatewayOption() {}

  /** Why there is no option {@code letter}, and what to do; printable ASCII. */
  static String refusal(char letter) {
    String name = letter > ' ' && letter <= '~' ? "-" + letter : "that option";
    return "ssh "
        + name
        + " is not for the gateway: "
        + REASONS.getOrDefault(letter, "there are only " + KNOWN);
  }
}
