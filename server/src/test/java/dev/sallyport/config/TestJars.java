package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.AuthPluginFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;

/** Jars of plugins, as somebody else makes them: from sources that need the SPI alone. */
public final class TestJars {
  private static final Path EXAMPLE = Path.of("../auth-plugins/example/src/main");
  private static final String SERVICES = "META-INF/services/" + AuthPluginFactory.class.getName();

  private TestJars() {}

  /** The example of the plugins' README. */
  public static Path example(Path jar) throws IOException {
    return make(
        jar,
        Files.readString(EXAMPLE.resolve("resources").resolve(SERVICES)),
        List.of(EXAMPLE.resolve("java/com/example/sallyport/OneKeyPluginFactory.java")));
  }

  /**
   * A jar with the classes of these sources.
   *
   * @param services which classes make plugins; empty is none
   * @param options of the compiler
   */
  static Path make(Path jar, String services, List<Path> sources, String... options)
      throws IOException {
    Path classes = Files.createTempDirectory(jar.getParent(), "classes");
    if (!sources.isEmpty()) {
      compile(classes, sources, options);
    }
    if (!services.isEmpty()) {
      Path file = classes.resolve(SERVICES);
      Files.createDirectories(file.getParent());
      Files.writeString(file, services);
    }
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes).filter(Files::isRegularFile)) {
      for (Path file : files.toList()) {
        entries.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, entries);
      }
    }
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
    return jar;
  }

  private static void compile(Path classes, List<Path> sources, String... options)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("-d", classes.toString(), "-cp", spi()));
    words.addAll(List.of("-proc:none", "-implicit:none"));
    words.addAll(List.of(options));
    sources.forEach(source -> words.add(source.toString()));
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(null, errors, errors, words.toArray(String[]::new));
    assertThat(exit).as(errors.toString(StandardCharsets.UTF_8)).isZero();
  }

  private static String spi() {
    try {
      return Path.of(
              AuthPluginFactory.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
