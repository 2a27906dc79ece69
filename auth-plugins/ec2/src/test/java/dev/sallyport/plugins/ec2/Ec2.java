package dev.sallyport.plugins.ec2;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.CollectedReports;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Verdict;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The plugin as the server opens it, and what it told. */
final class Ec2 implements AutoCloseable {
  private final AuthPlugin plugin;
  private final CollectedReports reports = new CollectedReports();

  private Ec2(Ec2PluginFactory factory, Map<String, Object> settings)
      throws InvalidSettingsException {
    this.plugin = factory.open(new PluginSettings(settings), reports);
  }

  static Ec2 open(Map<String, Object> settings) throws InvalidSettingsException {
    return open(new Ec2PluginFactory(Map.of()), settings);
  }

  static Ec2 open(Ec2PluginFactory factory, Map<String, Object> settings)
      throws InvalidSettingsException {
    return new Ec2(factory, settings);
  }

  /** Settings for a service whose keys this authority signs. */
  static Map<String, Object> settings(String endpoint, Path root) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("endpoint", endpoint);
    settings.put("roots", root.toString());
    return settings;
  }

  AuthPlugin plugin() {
    return plugin;
  }

  Verdict ask(String user, OfferedKey key) throws Exception {
    return plugin.publicKey(now(user), key);
  }

  Verdict askAgain(String user, OfferedKey key) throws Exception {
    return plugin.recheck(now(user), key);
  }

  static LoginAttempt now(String user) {
    return new LoginAttempt(user, InetAddress.getLoopbackAddress(), Instant.now());
  }

  /** What the operator was told, in one text. */
  String told() {
    return String.join("\n", reports.problems());
  }

  @Override
  public void close() {
    plugin.close();
  }
}
