package dev.sallyport;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.cli.CommandTree;
import dev.sallyport.cli.Exit;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.policy.Resolver;
import dev.sallyport.policy.SystemResolver;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;

/** Runs the {@code sallyport} command. */
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
   * @param resolver the resolver of the server and of the commands that explain
   */
  public static CommandLine commandLine(List<AuthPluginFactory> plugins, Resolver resolver) {
    return CommandTree.of(plugins, resolver, new Serve(plugins, resolver));
  }
}
