package dev.sallyport;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.policy.Resolver;
import dev.sallyport.policy.SystemResolver;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code sallyport} command. */
@Command(
    name = "sallyport",
    description = "The SSH daemon of a bastion host.",
    footer = "%n'sallyport demo' starts a bastion and a private instance on this machine to try.",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true)
public final class Main {
  private Main() {}

  /** Runs the command and ends the process with its {@link Exit} code. */
  public static void main(String[] arguments) {
    System.exit(
        commandLine(ConfigurationLoader.installedPlugins(), new SystemResolver())
            // Whatever the locale says: under sudo it often says nothing.
            .setOut(new PrintWriter(new OutputStreamWriter(System.out, UTF_8), true))
            .execute(arguments));
  }

  /**
   * The command with all its sub-commands.
   *
   * @param plugins those that a configuration may name
   * @param resolver what {@code policy explain} and a server ask
   */
  static CommandLine commandLine(List<AuthPluginFactory> plugins, Resolver resolver) {
    CommandLine main = new CommandLine(new Main());
    main.addSubcommand(
        new CommandLine(new Group.Config())
            .addSubcommand(new ConfigCheck(plugins))
            .addSubcommand(new ConfigPrint(plugins)));
    main.addSubcommand(
        new CommandLine(new Group.Policy()).addSubcommand(new PolicyExplain(plugins, resolver)));
    main.addSubcommand(
        new CommandLine(new Group.Login()).addSubcommand(new LoginExplain(plugins, resolver)));
    main.addSubcommand(new Serve(plugins, resolver));
    main.addSubcommand(new ReloadCommand());
    main.addSubcommand(
        new CommandLine(new Group.Audit())
            .addSubcommand(new AuditFollowCommand(plugins))
            .addSubcommand(new AuditList(plugins)));
    main.addSubcommand(
        new CommandLine(new Group.Recording())
            .addSubcommand(new RecordingList(plugins))
            .addSubcommand(new RecordingPlay(plugins))
            .addSubcommand(new RecordingExport(plugins)));
    main.addSubcommand(new CommandLine(new Group.HostCa()).addSubcommand(new HostCaShow(plugins)));
    main.addSubcommand(new CommandLine(new Group.UserCa()).addSubcommand(new UserCaShow(plugins)));
    main.addSubcommand(
        new CommandLine(new Group.KnownHosts())
            .addSubcommand(new KnownHostsList(plugins))
            .addSubcommand(new KnownHostsForget(plugins)));
    main.addSubcommand(
        new CommandLine(new Group.SecondFactor())
            .addSubcommand(new SecondFactorEnroll(plugins, System.in))
            .addSubcommand(new SecondFactorList(plugins))
            .addSubcommand(new SecondFactorRemove(plugins)));
    main.addSubcommand(new CompletionCommand());
    UsageError.answer(main);
    return Exit.codes(main);
  }
}
