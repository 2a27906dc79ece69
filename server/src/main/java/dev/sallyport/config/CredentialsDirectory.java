package dev.sallyport.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import dev.sallyport.support.files.PrivateFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * <code>"${CREDENTIALS_DIRECTORY}/NAME"</code>: a file that systemd gives only to the service
 * ({@code LoadCredential=}, systemd.exec(5)). This is the only variable with which a file name may
 * begin. Any other is an error, because a file with its literal name is never intended.
 */
final class CredentialsDirectory {
  private static final String VARIABLE = "${" + PrivateFiles.CREDENTIALS_DIRECTORY + "}";

  /** A file name that contains a variable. */
  private static final Pattern WITH_VARIABLE =
      Pattern.compile("(?s)/.*\\$\\{[^}]*}.*|\\$\\{[^}]*}/.*");

  private final Optional<String> directory;
  private final Findings findings;

  private CredentialsDirectory(Optional<String> directory, Findings findings) {
    this.directory = directory;
    this.findings = findings;
  }

  /** The variable's value in this process. */
  static Optional<String> ofProcess() {
    return Optional.ofNullable(System.getenv(PrivateFiles.CREDENTIALS_DIRECTORY));
  }

  /**
   * Replaces the variable with the folder in a file's content.
   *
   * @param directory the variable's value; empty when it is not set
   */
  static ConfigObject expand(ConfigObject root, Optional<String> directory, Findings findings) {
    return new CredentialsDirectory(directory, findings).expand(root, "");
  }

  private ConfigObject expand(ConfigObject block, String path) {
    ConfigObject expanded = block;
    for (Map.Entry<String, ConfigValue> entry : block.entrySet()) {
      String key = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      ConfigValue value = expand(entry.getValue(), key);
      if (!value.equals(entry.getValue())) {
        expanded = expanded.withValue(entry.getKey(), value);
      }
    }
    return expanded;
  }

  private ConfigValue expand(ConfigValue value, String key) {
    return switch (value) {
      case ConfigObject block -> expand(block, key);
      case ConfigList list -> expand(list, key);
      default ->
          value.valueType() == ConfigValueType.STRING
              ? expandText(value, (String) value.unwrapped(), key)
              : value;
    };
  }

  private ConfigValue expand(ConfigList list, String key) {
    List<ConfigValue> values = new ArrayList<>();
    boolean changed = false;
    for (int i = 0; i < list.size(); i++) {
      ConfigValue value = expand(list.get(i), key + "[" + i + "]");
      changed |= !value.equals(list.get(i));
      values.add(value);
    }
    return changed ? ConfigValueFactory.fromIterable(values).withOrigin(list.origin()) : list;
  }

  private ConfigValue expandText(ConfigValue value, String text, String key) {
    if (!WITH_VARIABLE.matcher(text).matches()) {
      return value;
    }
    int line = Math.max(0, value.origin().lineNumber());
    boolean ours = text.startsWith(VARIABLE + "/");
    String name = ours ? text.substring(VARIABLE.length()) : text;
    if (!ours || name.contains("${")) {
      findings.error(
          line,
          key,
          "%s has a variable: a file name may begin with %s/, and have no other"
              .formatted(Block.shown(text), VARIABLE));
      return value;
    }
    if (directory.isEmpty() || !Path.of(directory.get()).isAbsolute()) {
      findings.error(
          line,
          key,
          Block.shown(text)
              + " needs the variable "
              + PrivateFiles.CREDENTIALS_DIRECTORY
              + " with the path of a folder, which systemd sets for a service with LoadCredential=;"
              + " for a command, set it to the folder where these files come from");
      // Without the variable it is an absolute path, so that nothing else is said about it.
      return ConfigValueFactory.fromAnyRef(name).withOrigin(value.origin());
    }
    return ConfigValueFactory.fromAnyRef(directory.get() + name).withOrigin(value.origin());
  }
}
