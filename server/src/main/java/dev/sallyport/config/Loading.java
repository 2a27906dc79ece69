package dev.sallyport.config;

import dev.sallyport.auth.ConfiguredPlugin;
import java.util.List;

/** What became of a configuration file. */
public sealed interface Loading {
  /**
   * It is right.
   *
   * @param plugins open, in the order of {@link AuthSettings#plugins}; whoever holds this closes it
   * @param jars where some of them came from
   * @param warnings what is not as it should be, and was told to the loader's reporter: a line
   *     each, escaped, about a hundred at most
   */
  record Loaded(
      Configuration configuration,
      List<ConfiguredPlugin> plugins,
      PluginJars jars,
      List<String> warnings)
      implements Loading, AutoCloseable {
    public Loaded {
      plugins = List.copyOf(plugins);
      warnings = List.copyOf(warnings);
    }

    /** Closes the plugins, last first, and then the jars. */
    @Override
    public void close() {
      ConfiguredPlugin.close(plugins);
      jars.close();
    }
  }

  /**
   * It is wrong, and nothing of it counts.
   *
   * @param errors all of them, at least one, in the order of their lines
   */
  record Rejected(List<ConfigurationError> errors) implements Loading {
    public Rejected {
      errors = List.copyOf(errors);
    }

    /** Where it can be mended: outside, when nothing is wrong with the file itself. */
    public ConfigurationError.Cure cure() {
      return errors.stream().allMatch(one -> one.cure() == ConfigurationError.Cure.OUTSIDE)
          ? ConfigurationError.Cure.OUTSIDE
          : ConfigurationError.Cure.IN_FILE;
    }
  }
}
