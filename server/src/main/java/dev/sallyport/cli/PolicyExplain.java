package dev.sallyport.cli;

import dev.sallyport.config.Configuration;
import dev.sallyport.config.Outside;
import dev.sallyport.model.Decision;
import dev.sallyport.model.IpText;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.SecondFactor;
import dev.sallyport.model.Target;
import dev.sallyport.model.TimeText;
import dev.sallyport.model.User;
import dev.sallyport.policy.DecisionPoint;
import dev.sallyport.policy.Explanation;
import dev.sallyport.policy.OwnAddresses;
import dev.sallyport.policy.Resolver;
import dev.sallyport.policy.Ways;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code sallyport policy explain}: asks the same code that the server asks. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "explain",
    description = {
      "Answers three questions about the rules of a configuration file, as the server decides"
          + " them:",
      "--user U --to HOST:PORT: may U reach this target, and which rule or denial says so?",
      "--user U: where may U go?",
      "--who HOST:PORT: who reaches this target?",
      "The last two print a line for each way. A line holds for a user who comes FROM there, at a"
          + " time in WHEN, and with a second factor where SECOND-FACTOR says so; where several"
          + " lines fit, the first decides. --source and --at leave only the lines that fit, and"
          + " show what else they depend on. Without --at, the next seven days count.",
      "The file does not know which groups a plugin adds to a user: --who has a line for members of"
          + " each group, --group adds one to a user. What a key or certificate restricts is not"
          + " considered."
    },
    footer = TimeArgument.HELP,
    exitCodeList = {
      "0:The user may; the user may go somewhere; somebody reaches it.",
      "1:The user may not; nowhere; nobody."
    })
final class PolicyExplain extends ConfigCommand {
  private static final int SHOWN = 64;

  private final Resolver resolver;

  @Mixin private JsonOption json;

  @ArgGroup(multiplicity = "1")
  private Question question;

  @Option(
      names = "--source",
      paramLabel = "IP",
      converter = Arguments.AddressConverter.class,
      description =
          "Where the user comes from. Without it, with --to, 0.0.0.0, which only rules for every"
              + " source match; otherwise anywhere.")
  private InetAddress source;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      converter = TimeArgument.class,
      description = "When. Without it, with --to, now; otherwise any time of the next seven days.")
  private Instant at;

  /** About a target, or about a user. */
  @NullUnmarked
  private static final class Question {
    @Option(
        names = "--who",
        paramLabel = "HOST:PORT",
        required = true,
        converter = Arguments.TargetConverter.class,
        description = "Who reaches this target?")
    private Target who;

    @ArgGroup(exclusive = false)
    private OneUser user;
  }

  @NullUnmarked
  private static final class OneUser {
    @Option(
        names = "--user",
        paramLabel = "U",
        required = true,
        description = "The user's name. The groups are those of the configuration file.")
    private String name;

    @Option(
        names = "--group",
        paramLabel = "G",
        description = "A group that a plugin would add. May be given several times.")
    private List<String> groups = List.of();

    @Option(
        names = "--to",
        paramLabel = "HOST:PORT",
        converter = Arguments.TargetConverter.class,
        description =
            "The target: 10.0.2.5:22, [fd00::5]:22 or db.internal:5432. Without it: where may the"
                + " user go?")
    private Target target;

    @Option(
        names = "--mfa",
        description =
            "With --to: decide as for a login with a second factor; as for one without unless"
                + " given.")
    private boolean mfa;
  }

  PolicyExplain(List<AuthPluginFactory> plugins, Resolver resolver) {
    super(plugins);
    this.resolver = resolver;
  }

  @Override
  public Integer call() {
    if (question.user != null && question.user.target == null && question.user.mfa) {
      throw new ParameterException(
          spec.commandLine(),
          "--mfa goes with --to: without it, SECOND-FACTOR says where one is needed");
    }
    return config.with(plugins, Outside.ASKED, err(), loaded -> answer(loaded.configuration()));
  }

  private int answer(Configuration configuration) {
    if (question.user != null && question.user.target != null) {
      return explain(configuration, question.user);
    }
    OwnAddresses own = new OwnAddresses();
    Ways ways =
        new Ways(
            configuration.policy(),
            own,
            Optional.ofNullable(source),
            Optional.ofNullable(at),
            Instant.now());
    WayList list = new WayList(configuration, ways, resolver, err());
    List<WayList.Way> found =
        question.user == null
            ? list.to(question.who)
            : list.of(configuration.user(question.user.name, Set.copyOf(question.user.groups)));
    if (!found.isEmpty()) {
      WayList.print(found, json.isGiven(), out());
    }
    return found.isEmpty() ? Exit.NO : Exit.OK;
  }

  private int explain(Configuration configuration, OneUser asked) {
    InetAddress from = source == null ? IpText.address(new byte[4]) : source;
    Instant time = at == null ? Instant.now() : at;
    User known = configuration.user(asked.name, Set.copyOf(asked.groups));
    User asking = asked.mfa ? known.with(new SecondFactor.Answered("any", "")) : known;
    Explanation explanation =
        new DecisionPoint(configuration.policy(), new OwnAddresses(), resolver)
            .explain(asking, from, time, asked.target);
    PrintWriter out = out();
    if (json.isGiven()) {
      out.println(
          Json.line(
              ExplanationJson.of(
                  asking, from, time, asked.target, explanation, configuration.policy().rules())));
    } else {
      out.println(
          SafeText.escape(asking.name(), SHOWN)
              + " (groups: "
              + (asking.groups().isEmpty()
                  ? "none"
                  : SafeText.escape(
                      String.join(", ", asking.groups().stream().sorted().toList()), 10 * SHOWN))
              + (asked.mfa ? "; with a second factor" : "")
              + ") from "
              + IpText.format(from)
              + " at "
              + TimeText.local().of(time)
              + " to "
              + asked.target.shown());
      ExplanationText.lines(explanation, configuration.policy().rules()).forEach(out::println);
    }
    return switch (explanation.decision()) {
      case Decision.Granted granted -> Exit.OK;
      case Decision.Denied denied -> Exit.NO;
    };
  }
}
