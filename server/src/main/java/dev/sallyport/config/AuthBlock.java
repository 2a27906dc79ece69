package dev.sallyport.config;

import dev.sallyport.auth.ConfiguredPlugin;
import dev.sallyport.auth.RecheckSettings;
import dev.sallyport.auth.SecondFactorSettings.SecurityKeys;
import dev.sallyport.config.AuthSettings.ForWhom;
import dev.sallyport.connection.Banner;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.SafeText;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.support.files.TrustedPaths;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code sallyport.auth}: parses its own keys, and lets each plugin parse its block. */
final class AuthBlock {
  private static final int SHOWN = 500;
  private static final String PLUGIN_JARS = "plugin-jars";

  /** The valid values of {@code methods}, and their meaning. */
  private static final Map<String, List<String>> METHODS =
      Map.of(
          "publickey", List.of("publickey"),
          "publickey,keyboard-interactive", List.of("publickey", "keyboard-interactive"));

  private final PluginJars jars;
  private final Reporter reporter;
  private final List<ConfiguredPlugin> opened = new ArrayList<>();

  AuthBlock(List<AuthPluginFactory> factories, TrustedPaths trusted, Reporter reporter) {
    this.jars = new PluginJars(factories, trusted);
    this.reporter = reporter;
  }

  /** The plugins that were opened; all of them if there was no error. */
  List<ConfiguredPlugin> opened() {
    return List.copyOf(opened);
  }

  /** The jars of some of them, which must be closed after the plugins. */
  PluginJars jars() {
    return jars;
  }

  /** The networks of the server's block and of the plugins; called after {@link #read}. */
  NetworksBlock.Networks networks(Block server, Outside outside) {
    return new NetworksBlock(server, opened, outside).read();
  }

  AuthSettings read(Block block) {
    List<Path> pluginJars = block.parsedList(PLUGIN_JARS, jars::open);
    List<AuthSettings.Plugin> plugins = new ArrayList<>();
    for (Block plugin : block.blocks("plugins")) {
      readPlugin(plugin).ifPresent(plugins::add);
    }
    if (!block.has("plugins")) {
      block.error("plugins", "is missing: without a plugin nobody can log in");
    } else if (block.isEmptyList("plugins")) {
      block.error("plugins", "must not be empty: without a plugin nobody can log in");
    }
    List<String> methods = readMethods(block);
    RecheckSettings otherwise = RecheckSettings.DEFAULT;
    var settings =
        new AuthSettings(
            methods,
            choice(block, "second-factor", ForWhom.values(), ForWhom.EVERYONE),
            choice(block, "fido-second-factor", SecurityKeys.values(), SecurityKeys.NEVER),
            pluginJars,
            plugins,
            new RecheckSettings(
                block.duration(
                    "recheck", Duration.ofSeconds(1), Duration.ofHours(1), otherwise.interval()),
                block.duration(
                    "recheck-grace", Duration.ZERO, Duration.ofDays(1), otherwise.grace())),
            block.parsed("banner", BannerText::read, Banner.NONE));
    block.end();
    return settings;
  }

  private static <E extends Enum<E>> E choice(Block block, String key, E[] choices, E otherwise) {
    Map<String, E> words = new LinkedHashMap<>();
    for (E choice : choices) {
      words.put(word(choice), choice);
    }
    return block.parsed(
        key,
        text ->
            words.containsKey(text)
                ? new Parsed.Valid<>(words.get(text))
                : new Parsed.Malformed<>("must be one of " + String.join(", ", words.keySet())),
        otherwise);
  }

  private static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }

  private List<String> readMethods(Block block) {
    String text = block.string("methods").orElse("publickey");
    List<String> methods = METHODS.get(text);
    if (methods == null) {
      block.error(
          "methods",
          Block.shown(text) + " must be \"publickey\" or \"publickey,keyboard-interactive\"");
      return List.of();
    }
    if (methods.contains("keyboard-interactive")
        && opened.stream().allMatch(one -> one.plugin().interactiveFactor().isEmpty())) {
      block.error(
          "methods", "demands keyboard-interactive, but no plugin here can ask for anything");
    }
    return methods;
  }

  private Optional<AuthSettings.Plugin> readPlugin(Block block) {
    Optional<String> type = block.string("type");
    Map<String, Object> values = block.settings();
    if (type.isEmpty()) {
      if (!block.has("type")) {
        block.error("type", "is missing: it says which plugin this is");
        block.misspelt("type");
      }
      return Optional.empty();
    }
    List<AuthPluginFactory> factories = jars.factories();
    Optional<AuthPluginFactory> factory =
        factories.stream().filter(one -> one.type().equals(type.get())).findFirst();
    if (factory.isEmpty()) {
      List<String> types = factories.stream().map(AuthPluginFactory::type).sorted().toList();
      block.error(
          "type",
          Block.shown(type.get())
              + " is not an installed plugin"
              + Nearest.hint(type.get(), types)
              + "; installed: "
              + (types.isEmpty() ? "none" : String.join(", ", types)));
      return Optional.empty();
    }
    open(factory.get(), values, block);
    return Optional.of(new AuthSettings.Plugin(type.get(), values));
  }

  private void open(AuthPluginFactory factory, Map<String, Object> values, Block block) {
    PluginSettings settings = new PluginSettings(values);
    try {
      var plugin = new ConfiguredPlugin(factory.type(), values, factory.open(settings, reporter));
      askWhatItHas(plugin);
      opened.add(plugin);
    } catch (InvalidSettingsException invalid) {
      invalid
          .faults()
          .forEach(fault -> block.error(fault.key(), SafeText.escape(fault.message(), SHOWN)));
    } catch (LinkageError misfit) {
      failed(factory, PluginJars.misfit(misfit), block);
      return;
    } catch (RuntimeException bug) {
      failed(factory, "failed to start: " + bug, block);
      return;
    }
    block.known(settings.known());
    block.end();
  }

  /**
   * Asks a plugin for its second factor here, where a failure can be reported with the line of its
   * block.
   */
  private static void askWhatItHas(ConfiguredPlugin plugin) {
    boolean told = false;
    try {
      var _ = plugin.plugin().interactiveFactor();
      var _ = plugin.plugin().networkSource();
      told = true;
    } finally {
      if (!told) {
        ConfiguredPlugin.close(List.of(plugin));
      }
    }
  }

  private static void failed(AuthPluginFactory factory, String what, Block block) {
    block.error("the plugin " + factory.type() + " " + SafeText.escape(what, SHOWN));
  }

  static Map<String, Object> print(AuthSettings auth) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("methods", String.join(",", auth.methods()));
    block.put("second-factor", word(auth.secondFactor()));
    block.put("fido-second-factor", word(auth.securityKeys()));
    block.put("recheck", DurationText.of(auth.recheck().interval()));
    block.put("recheck-grace", DurationText.of(auth.recheck().grace()));
    block.put("banner", BannerText.print(auth.banner()));
    block.put(PLUGIN_JARS, auth.pluginJars().stream().map(Path::toString).toList());
    block.put("plugins", auth.plugins().stream().map(AuthBlock::print).toList());
    return block;
  }

  private static Map<String, Object> print(AuthSettings.Plugin plugin) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("type", plugin.type());
    plugin.settings().keySet().stream()
        .sorted()
        .forEach(key -> block.put(key, plugin.settings().get(key)));
    return block;
  }
}
