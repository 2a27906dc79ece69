package dev.sallyport;

import dev.sallyport.cli.CompletionCommand;
import dev.sallyport.cli.Roff;
import dev.sallyport.cli.UsageError;
import dev.sallyport.cli.Version;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.policy.SystemResolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Writes a manual page for each command, from what its {@code --help} is made of, and the script
 * for bash. Run by the build.
 */
public final class Manual {
  private Manual() {}

  /**
   * Writes them.
   *
   * @param arguments the folder that gets {@code man/man1} and {@code bash-completion/completions}
   * @throws IOException when they cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    CommandLine main =
        Main.commandLine(ConfigurationLoader.installedPlugins(), new SystemResolver());
    Path share = Path.of(arguments[0]);
    write(main, share.resolve("man/man1"));
    Path completions = Files.createDirectories(share.resolve("bash-completion/completions"));
    Files.writeString(completions.resolve(main.getCommandName()), CompletionCommand.script(main));
  }

  /** Writes all pages. */
  static void write(CommandLine main, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (CommandSpec command : commands(main.getCommandSpec()).toList()) {
      Files.writeString(folder.resolve(pageName(command) + ".1"), page(command));
    }
  }

  private static Stream<CommandSpec> commands(CommandSpec command) {
    return Stream.concat(
        Stream.of(command),
        command.subcommands().values().stream().flatMap(below -> commands(below.getCommandSpec())));
  }

  private static String pageName(CommandSpec command) {
    return command.qualifiedName("-");
  }

  static String page(CommandSpec command) {
    UsageMessageSpec usage = command.usageMessage();
    List<String> description = formatted(usage.description());
    Roff page = new Roff(pageName(command), "sallyport " + Version.number());
    page.section("NAME").line(pageName(command) + " - " + summary(description));
    page.section("SYNOPSIS").line(UsageError.synopsis(command));
    page.section("DESCRIPTION");
    paragraphs(page, description);
    options(page, command);
    commandList(page, command);
    page.section("EXIT STATUS");
    for (Map.Entry<String, String> code : usage.exitCodeList().entrySet()) {
      page.definition(code.getKey(), List.of(code.getValue()));
    }
    List<String> footer = formatted(usage.footer());
    if (!footer.isEmpty()) {
      page.section("NOTES");
      paragraphs(page, footer);
    }
    List<String> others = related(command);
    if (!others.isEmpty()) {
      page.section("SEE ALSO").line(String.join(", ", others));
    }
    return page.toString();
  }

  private static void options(Roff page, CommandSpec command) {
    page.section("OPTIONS");
    for (ArgSpec parameter : command.positionalParameters()) {
      page.definition(parameter.paramLabel(), formatted(parameter.description()));
    }
    for (OptionSpec option : command.options()) {
      String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
      page.definition(String.join(", ", option.names()) + value, formatted(option.description()));
    }
  }

  private static void commandList(Roff page, CommandSpec command) {
    if (command.subcommands().isEmpty()) {
      return;
    }
    page.section("COMMANDS");
    command
        .subcommands()
        .forEach((name, below) ->
            page.definition(name, formatted(below.getCommandSpec().usageMessage().description())));
  }

  /** The page above and the pages below. */
  private static List<String> related(CommandSpec command) {
    List<String> pages = new ArrayList<>();
    if (command.parent() != null) {
      pages.add(pageName(command.parent()) + "(1)");
    }
    command
        .subcommands()
        .values()
        .forEach(below -> pages.add(pageName(below.getCommandSpec()) + "(1)"));
    return pages;
  }

  /** What whatis(1) shows: the first sentence. */
  private static String summary(List<String> description) {
    String first = description.getFirst();
    int end = first.indexOf(". ");
    return (end < 0 ? first : first.substring(0, end)).replaceFirst("[.:]$", "");
  }

  /** A line that ends a sentence ends a paragraph. */
  private static void paragraphs(Roff page, List<String> lines) {
    List<String> paragraph = new ArrayList<>();
    for (String line : lines) {
      paragraph.add(line);
      if (line.matches(".*[.:?]")) {
        page.paragraph(paragraph);
        paragraph.clear();
      }
    }
    if (!paragraph.isEmpty()) {
      page.paragraph(paragraph);
    }
  }

  /** With picocli's escapes resolved, such as {@code %n}. */
  private static List<String> formatted(String[] texts) {
    return Arrays.stream(texts)
        .flatMap(text -> String.format(text).lines())
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .toList();
  }
}
