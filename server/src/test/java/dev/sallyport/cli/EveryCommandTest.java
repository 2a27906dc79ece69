package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Main;
import dev.sallyport.config.TestPlugins;
import dev.sallyport.gateway.outbound.KnownHostsFile;
import dev.sallyport.policy.SystemResolver;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What holds for every command there is, and for every one that is added. */
public class EveryCommandTest {
  private record Ended(int code, String out, String err) {}

  private static CommandLine main() {
    return Main.commandLine(new TestPlugins().factories(), new SystemResolver());
  }

  private static Ended run(CommandSpec command, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of(command.qualifiedName().split(" ")).subList(1, depth(command)));
    arguments.addAll(List.of(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        main()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments.toArray(String[]::new));
    return new Ended(code, out.toString(), err.toString());
  }

  private static int depth(CommandSpec command) {
    return command.qualifiedName().split(" ").length;
  }

  /** All commands, those too that only hold others. */
  public static Stream<CommandSpec> commands() {
    return below(main().getCommandSpec());
  }

  private static Stream<CommandSpec> below(CommandSpec command) {
    return Stream.concat(
        Stream.of(command),
        command.subcommands().values().stream().flatMap(one -> below(one.getCommandSpec())));
  }

  /** The commands that do something. */
  static Stream<CommandSpec> leaves() {
    return commands().filter(command -> command.subcommands().isEmpty());
  }

  private static DynamicTest test(CommandSpec command, String what, Runnable check) {
    return DynamicTest.dynamicTest(command.qualifiedName() + " " + what, check::run);
  }

  @TestFactory
  Stream<DynamicTest> listsItsExitCodesInItsHelp() {
    return commands()
        .map(command ->
            test(
                command,
                "--help",
                () -> {
                  Ended help = run(command, "--help");
                  assertThat(help.code()).isZero();
                  assertThat(help.err()).isEmpty();
                  assertThat(help.out())
                      .startsWith("Usage: " + command.qualifiedName())
                      .containsPattern("\nExit codes:\n +0 ")
                      .containsPattern("\n +2 +The command line is wrong")
                      .containsPattern("\n +70 ");
                  if (command.findOption("--config") != null) {
                    assertThat(help.out()).containsPattern("\n +78 ");
                  }
                }));
  }

  /** What it means that it worked is known to the command alone. */
  @TestFactory
  Stream<DynamicTest> saysInItsOwnWordsWhatSuccessIs() {
    return leaves()
        .map(command ->
            test(
                command,
                "0",
                () ->
                    assertThat(command.usageMessage().exitCodeList().get("0"))
                        .isNotEqualTo(
                            main().getCommandSpec().usageMessage().exitCodeList().get("0"))));
  }

  @TestFactory
  Stream<DynamicTest> answersWrongUsageWithASentenceAndALine() {
    return commands().flatMap(EveryCommandTest::wrongUsages);
  }

  private static Stream<DynamicTest> wrongUsages(CommandSpec command) {
    List<String[]> wrong = new ArrayList<>();
    wrong.add(new String[] {"--no-such-option"});
    wrong.add(new String[] {"a", "word\u001b[2J", "too", "many"});
    if (!command.subcommands().isEmpty()) {
      wrong.add(new String[0]);
    }
    for (OptionSpec option : command.options()) {
      if (option.arity().max() == 0) {
        wrong.add(new String[] {option.longestName() + "=value"});
      } else {
        wrong.add(new String[] {option.longestName()});
        if (option.converters().length > 0) {
          wrong.add(new String[] {option.longestName(), "no\u001bthing\n"});
        }
      }
    }
    return wrong.stream()
        .map(arguments ->
            test(
                command,
                String.join(" ", arguments).replaceAll("[^ -~]", "?"),
                () -> {
                  Ended ended = run(command, arguments);
                  assertThat(ended.code()).as(ended.toString()).isEqualTo(2);
                  assertThat(ended.out()).isEmpty();
                  List<String> lines = ended.err().lines().toList();
                  assertThat(lines).hasSize(2).allMatch(line -> line.matches("[ -~]+"));
                  assertThat(lines.getFirst()).startsWith("sallyport: ");
                  assertThat(lines.getLast()).startsWith("Usage: " + command.qualifiedName());
                }));
  }

  /** Whatever the option is called, and whoever adds it. */
  @TestFactory
  Stream<DynamicTest> takesEveryTimeInTheSameForm() {
    return commands()
        .filter(command -> command.options().stream().anyMatch(EveryCommandTest::isTime))
        .map(command ->
            test(
                command,
                "times",
                () -> {
                  assertThat(command.options())
                      .filteredOn(EveryCommandTest::isTime)
                      .allSatisfy(option -> {
                        assertThat(option.type()).isEqualTo(Instant.class);
                        assertThat(option.converters())
                            .singleElement()
                            .isInstanceOf(TimeArgument.class);
                        assertThat(option.paramLabel()).isEqualTo("TIME");
                      });
                  assertThat(command.usageMessage().footer()).contains(TimeArgument.HELP);
                }));
  }

  private static boolean isTime(OptionSpec option) {
    return option.type().equals(Instant.class)
        || List.of("--at", "--since", "--until").contains(option.longestName());
  }

  @Test
  void timesAreTakenWhereTheyAreExpected() {
    assertThat(
            commands()
                .filter(command -> command.options().stream().anyMatch(EveryCommandTest::isTime))
                .map(CommandSpec::qualifiedName))
        .containsExactlyInAnyOrder(
            "sallyport policy explain", "sallyport audit list", "sallyport recording list");
  }

  /** They do something, or hand out a file's contents; what they print is for people. */
  private static final Set<String> PRINT_NO_FACTS =
      Set.of(
          "sallyport serve",
          "sallyport completion",
          "sallyport recording play",
          "sallyport recording export",
          "sallyport known-hosts forget",
          "sallyport second-factor enroll",
          "sallyport second-factor remove");

  private static final String[] JSON_DESCRIPTION = {
    "Print facts as JSON Lines: each line is an object."
  };

  @TestFactory
  Stream<DynamicTest> printsItsFactsAsJsonToo() {
    return leaves()
        .map(command ->
            test(
                command,
                "--json",
                () -> {
                  OptionSpec json = command.findOption("--json");
                  if (PRINT_NO_FACTS.contains(command.qualifiedName())) {
                    assertThat(json).isNull();
                  } else {
                    assertThat(json).isNotNull();
                    assertThat(json.description()).isEqualTo(JSON_DESCRIPTION);
                  }
                }));
  }

  @TestFactory
  Stream<DynamicTest> limitsEveryList() {
    return leaves()
        .filter(command -> command.name().equals("list"))
        .map(command ->
            test(
                command,
                "--limit",
                () -> {
                  OptionSpec limit = command.findOption("--limit");
                  assertThat(limit).isNotNull();
                  assertThat(limit.converters())
                      .singleElement()
                      .isInstanceOf(LimitOption.Converter.class);
                  for (String wrong : List.of("0", "-1", "100001", "9999999", "1e3", "all")) {
                    assertThat(run(command, "--limit=" + wrong).err())
                        .contains("write a number from 1 to 100000");
                  }
                }));
  }

  @Test
  void thePageListsWhatEveryCommandPrintsAsJson() throws Exception {
    String page = Files.readString(Path.of("../docs/commands.md"));
    String table = page.substring(page.indexOf("## Facts as JSON"), page.indexOf("## Who reaches"));
    assertThat(leaves().filter(command -> command.findOption("--json") != null))
        .allSatisfy(command ->
            assertThat(table)
                .contains("`" + command.qualifiedName().replaceFirst("sallyport ", "") + "`"));
    for (Class<?> fact :
        List.of(
            RecordingJson.class,
            KnownHostsFile.Entry.class,
            LoginJson.class,
            LoginJson.Plugin.class,
            LoginJson.Key.class,
            LoginJson.Answer.class)) {
      assertThat(names(fact)).allSatisfy(name -> assertThat(table).contains("`" + name + "`"));
    }
    for (Class<?> fact :
        List.of(
            WayList.Way.class,
            ExplanationJson.class,
            ExplanationJson.Address.class,
            ExplanationJson.Mismatch.class)) {
      assertThat(names(fact))
          .allSatisfy(name ->
              assertThat(page.substring(page.indexOf("## Who reaches")))
                  .contains("`" + name + "`"));
    }
  }

  /** As they are in JSON. */
  private static List<String> names(Class<?> fact) {
    return Stream.of(fact.getRecordComponents())
        .map(component -> component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
        .toList();
  }
}
