package dev.sallyport.config;

import dev.sallyport.auth.ConfiguredPlugin;
import java.util.List;

/** The result of loading a configuration file. */
public sealed interface Loading {
  /**
   * The file is valid.
   *
   * @param plugins open, in the order of {@link AuthSettings#plugins}; closed with this object by
   *     its owner
   * @param jars the jars of some of them
   * @param warnings problems that were reported to the loader's reporter: a line each, escaped,
   *     about a hundred at most
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

    /** Closes the plugins in reverse order, and then the jars. */
    @Override
    public void close() {
      ConfiguredPlugin.close(plugins);
      jars.close();
    }
  }

  /**
   * The file is invalid, and not used.
   *
   * @param errors all of them, at least one, in the order of their lines
   */
  record Rejected(List<ConfigurationError> errors) implements Loading {
    public Rejected {
      errors = List.copyOf(errors);
    }

    /** Where the errors can be corrected: outside, if the file itself is valid. */
    public ConfigurationError.Cure cure() {
      return errors.stream().allMatch(one -> one.cure() == ConfigurationError.Cure.OUTSIDE)
          ? ConfigurationError.Cure.OUTSIDE
          : ConfigurationError.Cure.IN_FILE;
    }
  }
}
