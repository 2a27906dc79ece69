package dev.sallyport.gateway.prompt;

import dev.sallyport.gateway.prompt.ShellWords.Next;
import dev.sallyport.model.Host;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Target;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Commands that have the effect of {@code ssh -W}, as found in many users' {@code ProxyCommand}.
 * The bastion runs no program for them but opens a forward.
 */
public final class NetcatCommand {
  private static final int LAST_PORT = 65535;

  /** An address of socat(1), whose keywords may be in upper or lower case. */
  private static final Pattern TCP =
      Pattern.compile(
          "(TCP[46]?):(\\[[0-9A-Fa-f:.]+\\]|[^\\[\\]:,]+):([0-9]{1,5})", Pattern.CASE_INSENSITIVE);

  private NetcatCommand() {}

  /**
   * The target of a command that is {@code nc HOST PORT}, {@code nc -q0 HOST PORT}, the same with
   * {@code netcat}, or {@code socat - TCP:HOST:PORT} (or {@code STDIO}); empty for any other
   * command. Words are quoted as in a POSIX shell. A path before the program's name is ignored.
   *
   * @param line any length and any characters
   * @return a host and a port, not decided on yet
   */
  public static Optional<Target> read(String line) {
    List<String> words = words(line);
    if (words.isEmpty()) {
      return Optional.empty();
    }
    String program = words.getFirst();
    List<String> arguments = words.subList(1, words.size());
    return switch (program.substring(program.lastIndexOf('/') + 1)) {
      case "nc", "netcat" -> netcat(arguments);
      case "socat" -> socat(arguments);
      default -> Optional.empty();
    };
  }

  /** The words of the line, at most one more than the longest command has. */
  private static List<String> words(String line) {
    ShellWords words = new ShellWords(line);
    List<String> all = new ArrayList<>();
    while (all.size() <= 5) {
      switch (words.next()) {
        case Next.Word word -> all.add(word.text());
        case Next.End end -> {
          return all;
        }
        case Next.Unfinished unfinished -> {
          return List.of();
        }
      }
    }
    return List.of();
  }

  private static Optional<Target> netcat(List<String> arguments) {
    List<String> rest = arguments;
    if (rest.size() == 3 && rest.getFirst().equals("-q0")) {
      rest = rest.subList(1, 3);
    } else if (rest.size() == 4 && rest.getFirst().equals("-q") && rest.get(1).equals("0")) {
      rest = rest.subList(2, 4);
    }
    return rest.size() == 2 && !rest.getFirst().startsWith("-")
        ? target(rest.getFirst(), rest.get(1))
        : Optional.empty();
  }

  private static Optional<Target> socat(List<String> arguments) {
    if (arguments.size() != 2
        || !arguments.getFirst().toUpperCase(Locale.ROOT).matches("-|STDIO")) {
      return Optional.empty();
    }
    Matcher address = TCP.matcher(arguments.get(1));
    if (!address.matches()) {
      return Optional.empty();
    }
    String host = address.group(2).replaceAll("[\\[\\]]", "");
    return isOfItsFamily(address.group(1), host)
        ? target(host, address.group(3))
        : Optional.empty();
  }

  /**
   * Whether the address family of the keyword suits the host. For a name, a forward cannot
   * guarantee a family.
   */
  private static boolean isOfItsFamily(String keyword, String host) {
    if (keyword.length() == "TCP".length()) {
      return true;
    }
    return Host.parse(host) instanceof Parsed.Valid<Host>(Host.Address address)
        && address.address() instanceof Inet4Address == keyword.endsWith("4");
  }

  private static Optional<Target> target(String host, String port) {
    if (!port.matches("[0-9]{1,5}") || host.isEmpty()) {
      return Optional.empty();
    }
    int number = Integer.parseInt(port);
    return number >= 1 && number <= LAST_PORT
        ? Optional.of(new Target(host, number))
        : Optional.empty();
  }
}
