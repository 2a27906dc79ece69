package dev.sallyport.spi;

/**
 * Makes plugins of one type; found with {@link java.util.ServiceLoader}.
 *
 * <p>One thread calls: at start, at each reload of the configuration and when it is checked;
 * plugins that were opened earlier may be in use meanwhile. A factory that is installed lives as
 * long as the process; one of {@code auth.plugin-jars}, with its classes, as long as the
 * configuration that named its jar.
 */
public interface AuthPluginFactory {
  /**
   * What the configuration calls it: {@code plugins = [ { type = … } ]}; lower case, with dashes.
   */
  String type();

  /**
   * Opens a plugin for one block of the configuration. Reads every key it knows from {@code
   * settings}; a key that is left unread is reported to the operator as unknown. Judges the block
   * alone: what lies outside it and may mend by itself (a file that is missing, a directory that
   * does not answer) is a problem to report, and never holds up the start.
   *
   * @throws InvalidSettingsException names every fault of the block at once
   */
  AuthPlugin open(PluginSettings settings, Reporter reporter) throws InvalidSettingsException;
}
