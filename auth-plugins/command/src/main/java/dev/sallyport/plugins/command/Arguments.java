package dev.sallyport.plugins.command;

import dev.sallyport.support.files.FilePath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The program and its arguments, with the tokens of sshd_config(5) in them. Each entry becomes one
 * argument, whatever is in it: there is no shell, so nothing is split, quoted or expanded.
 */
final class Arguments {
  private static final String KNOWN = "%%, %u, %k, %t, %f, %U and %h";

  /** Most bytes of one argument that Linux takes (MAX_ARG_STRLEN), less what the longest key is. */
  private static final int LONGEST_ARGUMENT = 32 * 1024;

  private static final int MOST_ARGUMENTS = 100;

  private final List<String> entries;
  private final Optional<String> home;
  private final OptionalInt number;

  private Arguments(List<String> entries, Optional<String> home, OptionalInt number) {
    this.entries = entries;
    this.home = home;
    this.number = number;
  }

  /**
   * Reads the entries, or tells each thing that is wrong with them.
   *
   * @param home what {@code %h} stands for, with {@code %u} in it, if that was configured
   * @param number what {@code %U} stands for, if that was configured
   */
  static Arguments parse(
      List<String> command, Optional<String> home, OptionalInt number, Consumer<String> fault) {
    if (command.size() > MOST_ARGUMENTS) {
      fault.accept("has more than " + MOST_ARGUMENTS + " entries");
    }
    for (String entry : command) {
      check(entry, home, number, fault);
    }
    if (!command.isEmpty()) {
      checkProgram(command.getFirst(), fault);
    }
    // As sshd: a program without arguments is told the user.
    List<String> entries = command.size() == 1 ? List.of(command.getFirst(), "%u") : command;
    return new Arguments(List.copyOf(entries), home, number);
  }

  private static void checkProgram(String program, Consumer<String> fault) {
    if (program.indexOf('%') >= 0) {
      fault.accept("must not have a % in the path of the program: users would choose what is run");
    }
    FilePath.parse(
        program,
        wrong ->
            fault.accept(
                "must begin with the path of a program, such as /usr/local/bin/keys: \""
                    + program
                    + "\" "
                    + wrong));
  }

  private static void check(
      String entry, Optional<String> home, OptionalInt number, Consumer<String> fault) {
    if (entry.indexOf('\0') >= 0 || entry.length() > LONGEST_ARGUMENT) {
      fault.accept("has an entry that no program can be given: with a NUL, or too long");
    }
    for (int i = entry.indexOf('%'); i >= 0; i = entry.indexOf('%', i + 2)) {
      char token = i + 1 < entry.length() ? entry.charAt(i + 1) : ' ';
      if ("%uktfUh".indexOf(token) < 0) {
        fault.accept("\"" + entry + "\" has a % in it that is none of " + KNOWN);
        return;
      }
      if (token == 'h' && home.isEmpty()) {
        fault.accept(
            "has %h in it, but users of the bastion have no home folder: say what it stands for"
                + " with home = \"/srv/keys/%u\", or take it out");
      }
      if (token == 'U' && number.isEmpty()) {
        fault.accept(
            "has %U in it, but users of the bastion have no number: say what it stands for with"
                + " uid = 65534, or take it out");
      }
    }
  }

  Path program() {
    return Path.of(entries.getFirst());
  }

  /**
   * The vector for one question. Nothing that a client can choose begins with a dash: a name does
   * not, a type is one that is known here, base64 has none, and a fingerprint says its hash first.
   */
  List<String> vector(Question question) {
    List<String> vector = new ArrayList<>();
    for (String entry : entries) {
      vector.add(substitute(entry, question));
    }
    return vector;
  }

  private String substitute(String entry, Question question) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < entry.length(); i++) {
      char c = entry.charAt(i);
      if (c == '%') {
        i++;
        text.append(value(entry.charAt(i), question));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private String value(char token, Question question) {
    return switch (token) {
      case 'u' -> question.user().text();
      case 'k' -> Base64.getEncoder().encodeToString(question.key().blob());
      case 't' -> question.key().type();
      case 'f' -> question.key().fingerprint();
      case 'h' -> home.orElse("").replace("%u", question.user().text());
      case 'U' -> number.isPresent() ? Integer.toString(number.getAsInt()) : "";
      default -> "%";
    };
  }
}
