package dev.sallyport.spi;

import java.util.List;

/** A plugin's block of the configuration is wrong. */
public final class InvalidSettingsException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<PluginSettings.Fault> faults;

  public InvalidSettingsException(List<PluginSettings.Fault> faults) {
    super(faults.toString());
    this.faults = List.copyOf(faults);
  }

  /** Everything that is wrong, at least one. */
  public List<PluginSettings.Fault> faults() {
    return faults;
  }
}
