package dev.sallyport.config;

import dev.sallyport.model.Parsed;
import dev.sallyport.model.SafeText;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.support.files.Located;
import dev.sallyport.support.files.TrustedPaths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/**
 * Plugins in jars of the operator's ({@code sallyport.auth.plugin-jars}). Each jar has a class
 * loader of its own, which sees only the SPI, the JDK and the jar, so that neither the server's
 * libraries nor another plugin's conflict with it. A jar contains code that decides on logins, so
 * only the operator may be able to change any part of its path. For one thread until it is closed.
 */
public final class PluginJars implements AutoCloseable {
  private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9-]*");
  private static final int SHOWN = 500;

  private final TrustedPaths trusted;
  private final List<AuthPluginFactory> factories;
  private final Map<String, String> owners = new HashMap<>();
  private final List<URLClassLoader> loaders = new ArrayList<>();

  /**
   * @param installed the plugins that are installed with the server
   */
  PluginJars(List<AuthPluginFactory> installed, TrustedPaths trusted) {
    this.trusted = trusted;
    this.factories = new ArrayList<>(installed);
    installed.forEach(factory -> owners.put(factory.type(), "the server itself"));
  }

  /** The installed plugins, and those of the opened jars. */
  List<AuthPluginFactory> factories() {
    return List.copyOf(factories);
  }

  /** Loads the plugins of a jar, or returns why the jar is not used. */
  Parsed<Path> open(String text) {
    return switch (Paths.absolute(text)) {
      case Parsed.Malformed<Path> malformed -> malformed;
      case Parsed.Valid<Path>(Path jar) ->
          switch (trusted.locate(jar)) {
            case Located.Found found -> load(jar, found.real());
            case Located.Folder _ -> wrong("is a folder: name the jar itself");
            case Located.Absent _ -> wrong("does not exist");
            case Located.Untrusted(Path where, String what) ->
                wrong("is not used: " + where + " " + what);
          };
    };
  }

  private Parsed<Path> load(Path jar, Path real) {
    try {
      if (namesOthers(real)) {
        return wrong(
            "names other jars in its manifest (Class-Path), of which nobody knows who can change"
                + " them: put what it needs inside");
      }
      URLClassLoader loader = new URLClassLoader(new URL[] {real.toUri().toURL()}, new SpiAlone());
      loaders.add(loader);
      List<AuthPluginFactory> found = new ArrayList<>();
      ServiceLoader.load(AuthPluginFactory.class, loader).forEach(found::add);
      if (found.isEmpty()) {
        return wrong(
            "has no plugin: META-INF/services/"
                + AuthPluginFactory.class.getName()
                + " in it must name one");
      }
      for (AuthPluginFactory factory : found) {
        String type = factory.type();
        if (!TYPE.matcher(type).matches()) {
          return wrong("has a plugin whose type is not lower case with dashes: " + type);
        }
        String owner = owners.putIfAbsent(type, jar.toString());
        if (owner != null) {
          return wrong("has a plugin of the type " + type + ", and so has " + owner);
        }
      }
      factories.addAll(found);
      return new Parsed.Valid<>(jar);
    } catch (IOException broken) {
      return wrong("cannot be read as a jar: " + broken.getMessage());
    } catch (LinkageError misfit) {
      return wrong(misfit(misfit));
    } catch (ServiceConfigurationError | RuntimeException bug) {
      return wrong("has a plugin that cannot be made: " + bug);
    }
  }

  /**
   * Whether the jar's manifest names other jars. Fails if the file is no jar, which a class loader
   * would take for an empty one.
   */
  private static boolean namesOthers(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      return manifest != null
          && manifest.getMainAttributes().containsKey(Attributes.Name.CLASS_PATH);
    }
  }

  /** Explains an incompatibility of classes. */
  static String misfit(LinkageError error) {
    return "was built for another Java or another version of auth-plugins-spi than this server's,"
        + " or needs a library that is not in its jar: "
        + error;
  }

  private static Parsed<Path> wrong(String what) {
    return new Parsed.Malformed<>(SafeText.escape(what, SHOWN));
  }

  /** Closes the jars, whose plugins must have been closed. */
  @Override
  public void close() {
    for (URLClassLoader loader : loaders) {
      try {
        loader.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The parent class loader of a jar: shows it only the SPI and the JDK. */
  private static final class SpiAlone extends ClassLoader {
    private static final String PACKAGE = AuthPluginFactory.class.getPackageName() + ".";

    SpiAlone() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith(PACKAGE)) {
        return Class.forName(name, false, AuthPluginFactory.class.getClassLoader());
      }
      throw new ClassNotFoundException(name);
    }
  }
}
