package dev.sallyport.cli;

import dev.sallyport.spi.AuthPluginFactory;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that reads the configuration file: its option {@code --config} and its outputs. */
@NullUnmarked // picocli fills the fields
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
abstract class ConfigCommand implements Callable<Integer> {
  /** The plugins that the file may name. */
  final List<AuthPluginFactory> plugins;

  @Mixin ConfigFile config;
  @Spec CommandSpec spec;

  ConfigCommand(List<AuthPluginFactory> plugins) {
    this.plugins = plugins;
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Does it with the configuration, as {@link ConfigFile#beside} says; returns the exit code. */
  final int beside(ConfigFile.Use use) {
    return config.beside(plugins, err(), use);
  }
}
