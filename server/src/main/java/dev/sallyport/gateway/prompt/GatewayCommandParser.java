package dev.sallyport.gateway.prompt;

import dev.sallyport.gateway.prompt.GatewayCommand.Reading;
import dev.sallyport.gateway.prompt.GatewayCommand.TerminalUse;
import dev.sallyport.gateway.prompt.ShellWords.Next;
import dev.sallyport.model.Host;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.SafeText;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses a gateway command. As in OpenSSH, the first of repeated options counts, and options may
 * follow the host.
 */
final class GatewayCommandParser {
  private static final String URI = "ssh://";

  /** Longest text of the user's that a refusal quotes, in characters. */
  private static final int SHOWN = 64;

  private static final int LAST_PORT = 65535;

  private static final Pattern HOST_AND_PORT = Pattern.compile("(.+):([0-9]{1,9})");

  private final String user;
  private final ShellWords words;
  private Optional<String> login = Optional.empty();
  private Optional<Integer> port = Optional.empty();
  private Optional<Host> host = Optional.empty();
  private TerminalUse terminal = TerminalUse.AS_CLIENT;

  /** Whether a {@code -t} has been read. */
  private boolean asked;

  private boolean agent;

  GatewayCommandParser(String line, String user) {
    this.words = new ShellWords(line);
    this.user = user;
  }

  /** Ends the parsing from any depth. */
  private static final class RefusedException extends Exception {
    RefusedException(String sentence) {
      super(sentence, null, false, false);
    }

    String sentence() {
      return String.valueOf(getMessage());
    }
  }

  Reading parse() {
    try {
      String program = word("is empty: " + example()).text();
      if (!program.equals("ssh")) {
        return new Reading.Refused(OtherProgram.refusal(program, user));
      }
      return new Reading.Understood(read());
    } catch (RefusedException refused) {
      return new Reading.Refused(refused.sentence());
    }
  }

  private GatewayCommand read() throws RefusedException {
    boolean options = true;
    while (true) {
      String rest = words.rest();
      // Anything but an option begins the command, whose quotes are not checked here.
      if (host.isPresent() && !(options && rest.startsWith("-"))) {
        return command(rest);
      }
      Next.Word word = word("has no host: " + example());
      if (options && word.text().equals("--")) {
        options = false;
      } else if (options && word.text().length() > 1 && word.text().startsWith("-")) {
        readOptions(word.text());
      } else if (host.isPresent()) {
        return command(rest);
      } else {
        readDestination(word.text());
      }
    }
  }

  private GatewayCommand command(String rest) throws RefusedException {
    return new GatewayCommand(
        login.isPresent() ? login.get() : checkedLogin(user),
        host.orElseThrow(),
        port.orElse(GatewayCommand.SSH_PORT),
        Optional.of(withoutOuterQuotes(rest)).filter(command -> !command.isEmpty()),
        terminal,
        agent);
  }

  /**
   * Removes the quotes of a command that is one quoted word: they were meant for a shell on the
   * bastion, and there is none.
   */
  private static String withoutOuterQuotes(String command) {
    ShellWords words = new ShellWords(command);
    return words.next() instanceof Next.Word(String text, int start, boolean wholeQuoted)
            && wholeQuoted
            && words.rest().isEmpty()
        ? text
        : command;
  }

  /**
   * Reads one or more option letters after a hyphen, the last of which may be followed by its value
   * (getopt(3)).
   */
  private void readOptions(String word) throws RefusedException {
    if (word.startsWith("--")) {
      throw new RefusedException(
          "ssh "
              + SafeText.escape(word, SHOWN)
              + " is not for the gateway: there are only "
              + GatewayOption.KNOWN);
    }
    for (int i = 1; i < word.length(); i++) {
      char letter = word.charAt(i);
      switch (letter) {
        case 't' -> {
          terminal = asked ? TerminalUse.ALWAYS : TerminalUse.AS_CLIENT;
          asked = true;
        }
        case 'T' -> {
          terminal = TerminalUse.NEVER;
          asked = false;
        }
        case 'A' -> agent = true;
        case 'a' -> agent = false;
        case 'l', 'p' -> {
          readValue(letter, word.substring(i + 1));
          return;
        }
        default -> throw new RefusedException(GatewayOption.refusal(letter));
      }
    }
  }

  private void readValue(char letter, String attached) throws RefusedException {
    String value = attached.isEmpty() ? word("has no value after -" + letter).text() : attached;
    if (letter == 'p') {
      int named = checkedPort(value);
      port = port.or(() -> Optional.of(named));
    } else {
      String named = checkedLogin(value);
      login = login.or(() -> Optional.of(named));
    }
  }

  private void readDestination(String text) throws RefusedException {
    boolean uri = text.regionMatches(true, 0, URI, 0, URI.length());
    String place = uri ? text.substring(URI.length()) : text;
    int at = place.lastIndexOf('@');
    if (at >= 0) {
      String named = checkedLogin(place.substring(0, at));
      login = login.or(() -> Optional.of(named));
      place = place.substring(at + 1);
    }
    if (uri) {
      place = place.endsWith("/") ? place.substring(0, place.length() - 1) : place;
      int colon = place.lastIndexOf(':');
      if (colon > place.lastIndexOf(']')) {
        int named = checkedPort(place.substring(colon + 1));
        port = port.or(() -> Optional.of(named));
        place = place.substring(0, colon);
      }
    }
    host = Optional.of(checkedHost(place));
  }

  private Host checkedHost(String text) throws RefusedException {
    return switch (Host.parse(withoutBrackets(text))) {
      case Parsed.Valid<Host>(Host host) -> host;
      case Parsed.Malformed<Host>(String reason) -> {
        refuseIfItHasAPort(text);
        throw new RefusedException(
            text.isEmpty() ? "the host is empty" : SafeText.escape(text, SHOWN) + " " + reason);
      }
    };
  }

  private static String withoutBrackets(String text) {
    return text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
  }

  /** Refuses {@code host:port}, which scp and many other programs accept and ssh does not. */
  private void refuseIfItHasAPort(String text) throws RefusedException {
    Matcher parts = HOST_AND_PORT.matcher(text);
    if (parts.matches()
        && Host.parse(withoutBrackets(parts.group(1))) instanceof Parsed.Valid<Host>(Host named)) {
      int behind = checkedPort(parts.group(2));
      throw new RefusedException(
          "%s has a port, which ssh wants after -p: write ssh -p %d %s%s"
              .formatted(
                  SafeText.escape(text, SHOWN),
                  behind,
                  login.map(who -> SafeText.escape(who, SHOWN) + "@").orElse(""),
                  named.text()));
    }
  }

  /** A login with a leading hyphen could become an option of another program on the target. */
  private static String checkedLogin(String text) throws RefusedException {
    if (!text.matches("[!-,.-~][!-~]{0,254}")) {
      throw new RefusedException(
          SafeText.escape(text, SHOWN)
              + " is not a login: 1 to 255 printable ASCII characters without spaces, the first no"
              + " -");
    }
    return text;
  }

  private static int checkedPort(String text) throws RefusedException {
    if (text.matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= LAST_PORT) {
        return port;
      }
    }
    throw new RefusedException(
        SafeText.escape(text, SHOWN) + " is not a port: write a number from 1 to " + LAST_PORT);
  }

  private Next.Word word(String missing) throws RefusedException {
    return switch (words.next()) {
      case Next.Word word -> word;
      case Next.End() -> throw new RefusedException("the command " + missing);
      case Next.Unfinished(String reason) -> throw new RefusedException("the command " + reason);
    };
  }

  private static String example() {
    return "write ssh <login>@<private server> [command]";
  }
}
