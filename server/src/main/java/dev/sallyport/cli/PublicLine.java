package dev.sallyport.cli;

import java.util.Optional;

/**
 * A line that others put into a file to trust a CA, as {@code --json} prints it.
 *
 * @param line the whole line
 * @param key its type and itself in base64
 * @param hosts for which hosts, if it is for some
 */
record PublicLine(String line, String key, Optional<String> hosts) {
  /** A line of known_hosts (sshd(8)): marker, hosts, type, key, comment. */
  static PublicLine ofKnownHosts(String line) {
    String[] words = line.split(" ", -1);
    return new PublicLine(line, words[2] + " " + words[3], Optional.of(words[1]));
  }

  /** A public key (sshd(8)): type, key, comment. */
  static PublicLine ofKey(String line) {
    String[] words = line.split(" ", -1);
    return new PublicLine(line, words[0] + " " + words[1], Optional.empty());
  }
}
