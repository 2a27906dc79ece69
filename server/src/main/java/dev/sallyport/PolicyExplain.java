package dev.sallyport;

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
import dev.sallyport.spi.AuthPluginFactory;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sallyport policy explain}: asks the same code that the server asks. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "explain",
    description = {
      "Tells whether a user may reach a target, and which rule or denial says so.",
      "Exits with 0 when the user may, and with 1 when not."
    },
    footer = TimeArgument.HELP,
    exitCodeList = {"0:The user may.", "1:The user may not."},
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class PolicyExplain implements Callable<Integer> {
  private static final int SHOWN = 64;

  private final List<AuthPluginFactory> plugins;
  private final Resolver resolver;

  @Mixin private ConfigFile config;
  @Spec private CommandSpec spec;

  @Option(
      names = "--user",
      paramLabel = "U",
      required = true,
      description = "The user's name. The groups are those of the configuration file.")
  private String user;

  @Option(
      names = "--group",
      paramLabel = "G",
      description = "A group that a plugin would add. May be given several times.")
  private List<String> groups = List.of();

  @Option(
      names = "--to",
      paramLabel = "HOST:PORT",
      required = true,
      converter = Arguments.TargetConverter.class,
      description = "The target: 10.0.2.5:22, [fd00::5]:22 or db.internal:5432.")
  private Target target;

  @Option(
      names = "--source",
      paramLabel = "IP",
      converter = Arguments.AddressConverter.class,
      description =
          "Where the user comes from. Without it, 0.0.0.0, which only rules for every source match.")
  private InetAddress source = IpText.address(new byte[4]);

  @Option(
      names = "--at",
      paramLabel = "TIME",
      converter = TimeArgument.class,
      description = "When. Now unless given.")
  private Instant at = Instant.now();

  @Option(
      names = "--mfa",
      description = "Decide as for a login with a second factor; as for one without unless given.")
  private boolean mfa;

  PolicyExplain(List<AuthPluginFactory> plugins, Resolver resolver) {
    this.plugins = plugins;
    this.resolver = resolver;
  }

  @Override
  public Integer call() {
    return config.with(
        plugins,
        Outside.ASKED,
        spec.commandLine().getErr(),
        loaded -> explain(loaded.configuration()));
  }

  private int explain(Configuration configuration) {
    User known = configuration.user(user, Set.copyOf(groups));
    User asking = mfa ? known.with(new SecondFactor.Answered("any", "")) : known;
    Explanation explanation =
        new DecisionPoint(configuration.policy(), new OwnAddresses(), resolver)
            .explain(asking, source, at, target);
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        SafeText.escape(asking.name(), SHOWN)
            + " (groups: "
            + (asking.groups().isEmpty()
                ? "none"
                : SafeText.escape(
                    String.join(", ", asking.groups().stream().sorted().toList()), 10 * SHOWN))
            + (mfa ? "; with a second factor" : "")
            + ") from "
            + IpText.format(source)
            + " at "
            + TimeText.local().of(at)
            + " to "
            + target.shown());
    ExplanationText.lines(explanation, configuration.policy().rules()).forEach(out::println);
    return switch (explanation.decision()) {
      case Decision.Granted granted -> Exit.OK;
      case Decision.Denied denied -> Exit.NO;
    };
  }
}
