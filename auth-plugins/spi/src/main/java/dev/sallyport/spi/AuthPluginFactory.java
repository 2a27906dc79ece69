package dev.sallyport.spi;

/**
 * Makes plugins of one type; found with {@link java.util.ServiceLoader}.
 *
 * <p>Called on the starting thread only, before the server listens.
 */
public interface AuthPluginFactory {
  /**
   * What the configuration calls it: {@code plugins = [ { type = … } ]}; lower case, with dashes.
   */
  String type();

  /**
   * Opens a plugin for one block of the configuration. Reads every key it knows from {@code
   * settings}; a key that is left unread is reported to the operator as unknown.
   *
   * @throws InvalidSettingsException names every fault of the block at once
   */
  AuthPlugin open(PluginSettings settings, Reporter reporter) throws InvalidSettingsException;
}
