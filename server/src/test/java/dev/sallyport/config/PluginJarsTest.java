package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins in jars of the operator's. */
class PluginJarsTest {
  private static final String ONE_KEY =
      "{ type = one-key, user = alice, fingerprint = \"SHA256:" + "A".repeat(43) + "\" }";

  @TempDir Path folder;
  private final TestPlugins plugins = new TestPlugins();

  @Test
  void aJarOfTheReadmesExampleGivesItsPlugin() throws Exception {
    Path jar = TestJars.example(folder.resolve("one-key.jar"));
    try (Loading.Loaded loaded = loaded(ONE_KEY, jar)) {
      assertThat(loaded.plugins()).hasSize(1);
      assertThat(loaded.plugins().getFirst().type()).isEqualTo("one-key");
      assertThat(loaded.configuration().auth().pluginJars()).containsExactly(jar);
      assertThat(ConfigurationPrinter.print(loaded.configuration())).contains(jar.toString());
    }
  }

  @Test
  void seesTheSpiAndNothingElseOfTheServer() throws Exception {
    Path jar = TestJars.example(folder.resolve("one-key.jar"));
    try (Loading.Loaded loaded = loaded(ONE_KEY, jar)) {
      ClassLoader loader = classLoader(loaded);
      assertThat(loader.loadClass("dev.sallyport.spi.Verdict"))
          .isSameAs(dev.sallyport.spi.Verdict.class);
      for (String other :
          List.of("dev.sallyport.config.Loading", "org.apache.sshd.server.SshServer")) {
        assertThat(Stream.of(other).filter(name -> canLoad(loader, name))).isEmpty();
      }
    }
  }

  @Test
  void isClosedWithTheConfiguration() throws Exception {
    Path jar = TestJars.example(folder.resolve("one-key.jar"));
    Loading.Loaded loaded = loaded(ONE_KEY, jar);
    ClassLoader loader = classLoader(loaded);
    assertThat(service(loader)).isNotNull();
    loaded.close();
    assertThat(service(loader)).isNull();
  }

  @Test
  void refusesWhatIsNoAbsolutePathToAJar() throws Exception {
    assertThat(errors(Path.of("one-key.jar"))).contains("must be an absolute path");
    assertThat(errors(folder.resolve("gone.jar"))).contains("gone.jar\" does not exist");
    assertThat(errors(folder)).contains("is a folder: name the jar itself");
    Path text = Files.writeString(folder.resolve("text.jar"), "no jar at all");
    own(text);
    assertThat(errors(text)).contains("text.jar\" cannot be read as a jar: ");
  }

  @Test
  void refusesAJarThatOthersCanChange() throws Exception {
    Path jar = TestJars.example(folder.resolve("one-key.jar"));
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-rw-r--"));
    assertThat(errors(jar))
        .contains("is not used: " + jar + " can be changed by others")
        .contains("chmod");
  }

  @Test
  void refusesAJarInAFolderThatOthersCanChange() throws Exception {
    Path open = Files.createDirectory(folder.resolve("open"));
    Path jar = TestJars.example(open.resolve("one-key.jar"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(errors(jar)).contains("is not used: " + open + " can be changed by others");
  }

  @Test
  void refusesAJarThatLeadsToOthers() throws Exception {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, "/tmp/other.jar");
    Path jar = folder.resolve("leads.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out, manifest)) {
      entries.finish();
    }
    own(jar);
    assertThat(errors(jar)).contains("names other jars in its manifest (Class-Path)");
  }

  @Test
  void refusesAJarWithoutAPlugin() throws Exception {
    Path source = Files.writeString(folder.resolve("Nothing.java"), "class Nothing {}");
    assertThat(errors(TestJars.make(folder.resolve("library.jar"), "", List.of(source))))
        .contains("has no plugin: META-INF/services/dev.sallyport.spi.AuthPluginFactory");
  }

  @Test
  void refusesAJarThatNamesAClassWhichIsNotThere() throws Exception {
    Path jar = TestJars.make(folder.resolve("gone.jar"), "com.example.Gone\n", List.of());
    assertThat(errors(jar))
        .contains("has a plugin that cannot be made: ")
        .contains("com.example.Gone");
  }

  @Test
  void refusesTwoPluginsOfOneTypeByTheirNames() throws Exception {
    Path one = TestJars.example(folder.resolve("one.jar"));
    Path two = TestJars.example(folder.resolve("two.jar"));
    assertThat(errors(one, two))
        .contains("two.jar\" has a plugin of the type one-key, and so has " + one);
  }

  @Test
  void refusesAPluginOfATypeThatIsInstalled() throws Exception {
    assertThat(errors(factory("authorized-keys", "throw new IllegalStateException();")))
        .contains("has a plugin of the type authorized-keys, and so has the server itself");
  }

  @Test
  void saysWhenAPluginWasBuiltForAnotherVersionOfTheSpi() throws Exception {
    Path jar = factory("old", "settings.gone(); return null;");
    assertThat(errors("{ type = old }", jar))
        .contains(
            "the plugin old was built for another Java or another version of auth-plugins-spi")
        .contains("NoSuchMethodError");
  }

  @Test
  void closesTheJarsOfAFileThatIsWrong() throws Exception {
    TestJars.example(folder.resolve("one-key.jar"));
    assertThat(errors("{ type = one-key }", folder.resolve("one-key.jar")))
        .contains("fingerprint", "is missing");
    assertThat(openFiles()).doesNotContain(folder.resolve("one-key.jar").toString());
  }

  /** A factory that was compiled against an SPI which has a method more. */
  private Path factory(String type, String body) throws IOException {
    Path spi = Files.createDirectories(folder.resolve("spi/dev/sallyport/spi"));
    Files.writeString(
        spi.resolve("PluginSettings.java"),
        "package dev.sallyport.spi; public final class PluginSettings { public void gone() {} }");
    Path source =
        Files.writeString(
            folder.resolve("Factory.java"),
            """
            import dev.sallyport.spi.*;

            public class Factory implements AuthPluginFactory {
              public String type() { return "%s"; }
              public AuthPlugin open(PluginSettings settings, Reporter reporter) { %s }
            }
            """
                .formatted(type, body));
    return TestJars.make(
        folder.resolve(type + ".jar"),
        "Factory\n",
        List.of(source),
        "-sourcepath",
        folder.resolve("spi").toString(),
        "-Xprefer:source");
  }

  private static void own(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private static List<String> openFiles() throws IOException {
    try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
      return links.map(PluginJarsTest::target).toList();
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException goneMeanwhile) {
      return "";
    }
  }

  private static boolean canLoad(ClassLoader loader, String name) {
    try {
      loader.loadClass(name);
      return true;
    } catch (ClassNotFoundException right) {
      return false;
    }
  }

  private static ClassLoader classLoader(Loading.Loaded loaded) {
    return loaded.plugins().getFirst().plugin().getClass().getClassLoader();
  }

  private static URL service(ClassLoader loader) {
    return loader.getResource("META-INF/services/dev.sallyport.spi.AuthPluginFactory");
  }

  private String errors(Path... jars) throws IOException {
    return errors("{ type = authorized-keys, files = [\"/keys/%u\"] }", jars);
  }

  private String errors(String plugin, Path... jars) throws IOException {
    return switch (load(plugin, jars)) {
      case Loading.Rejected rejected -> {
        assertThat(plugins.open()).isZero();
        yield rejected.errors().toString();
      }
      case Loading.Loaded _ -> throw new AssertionError("was taken");
    };
  }

  private Loading.Loaded loaded(String plugin, Path... jars) throws IOException {
    return switch (load(plugin, jars)) {
      case Loading.Loaded loaded -> loaded;
      case Loading.Rejected rejected -> throw new AssertionError(rejected.errors().toString());
    };
  }

  private Loading load(String plugin, Path... jars) throws IOException {
    String list =
        Stream.of(jars).map(jar -> "\"" + jar + "\"").collect(Collectors.joining(", ", "[", "]"));
    Path file =
        Files.writeString(
            folder.resolve("sallyport.conf"),
            """
            sallyport {
              private-networks = ["10.0.0.0/16"]
              auth.plugin-jars = %s
              auth.plugins = [ %s ]
            }
            """
                .formatted(list, plugin));
    return new ConfigurationLoader(plugins.factories(), TestPlugins.silent()).load(file);
  }
}
