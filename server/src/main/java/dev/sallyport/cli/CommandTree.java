package dev.sallyport.cli;

import dev.sallyport.policy.Resolver;
import dev.sallyport.spi.AuthPluginFactory;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code sallyport} command with all its sub-commands. */
@Command(
    name = "sallyport",
    description = "The SSH daemon of a bastion host.",
    footer = "%n'sallyport demo' starts a bastion and a private instance on this machine to try.",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true)
public final class CommandTree {
  private CommandTree() {}

  /**
   * Builds the tree.
   *
   * @param plugins those that a configuration may name
   * @param resolver the resolver of {@code policy explain} and {@code login explain}
   * @param serve the command that runs the server
   */
  public static CommandLine of(List<AuthPluginFactory> plugins, Resolver resolver, Object serve) {
    CommandLine main = new CommandLine(new CommandTree());
    main.addSubcommand(
        new CommandLine(new Group.Config())
            .addSubcommand(new ConfigCheck(plugins))
            .addSubcommand(new ConfigPrint(plugins)));
    main.addSubcommand(
        new CommandLine(new Group.Policy()).addSubcommand(new PolicyExplain(plugins, resolver)));
    main.addSubcommand(
        new CommandLine(new Group.Login()).addSubcommand(new LoginExplain(plugins, resolver)));
    main.addSubcommand(serve);
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
