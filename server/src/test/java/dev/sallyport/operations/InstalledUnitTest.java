package dev.sallyport.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.config.Loading;
import dev.sallyport.config.Outside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the shipped unit, and what an operator changes of it, let the server read and write. */
class InstalledUnitTest {
  private static final Path SHIPPED = Path.of("../deploy/systemd/sallyport.service");

  @TempDir Path root;

  @BeforeEach
  void install() throws IOException {
    Path folder = Files.createDirectories(root.resolve("etc/systemd/system"));
    Files.copy(SHIPPED, folder.resolve(InstalledUnit.NAME));
  }

  private void dropIn(String folder, String name, String... lines) throws IOException {
    Path file = root.resolve(folder).resolve(InstalledUnit.NAME + ".d").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "[Service]\n" + String.join("\n", lines) + "\n");
  }

  private InstalledUnit unit() throws IOException {
    return InstalledUnit.find(root).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "/var/lib/sallyport, true",
    "/var/lib/sallyport/state, true",
    "/var/lib/sallyport2, false",
    "/srv/sallyport, false",
    "/tmp/sallyport, false",
    "/etc/sallyport, false",
  })
  void theServerWritesInItsStateDirectoryOnly(Path path, boolean keeps) throws IOException {
    assertThat(unit().keeps(path)).isEqualTo(keeps);
  }

  @ParameterizedTest
  @CsvSource({
    "/home/bob/.ssh/authorized_keys, ProtectHome=yes",
    "/root/keys, ProtectHome=yes",
    "/run/user/0/key, ProtectHome=yes",
    "/etc/sallyport/keys/bob,",
    "/homes/bob,",
  })
  void homesAreHiddenFromTheServer(Path path, String by) throws IOException {
    assertThat(unit().hides(path).orElse(null)).isEqualTo(by);
  }

  @Test
  void dropInsOpenMoreAndTheLastOneDecides() throws IOException {
    dropIn("usr/lib/systemd/system", "a.conf", "ProtectHome=no");
    dropIn("etc/systemd/system", "b.conf", "ReadWritePaths=-/srv/sallyport /srv/more");
    assertThat(unit().hides(Path.of("/home/bob"))).isEmpty();
    assertThat(unit().keeps(Path.of("/srv/sallyport/state"))).isTrue();
    dropIn("etc/systemd/system", "c.conf", "ProtectHome=tmpfs", "ReadWritePaths=");
    assertThat(unit().hides(Path.of("/home/bob"))).contains("ProtectHome=tmpfs");
    assertThat(unit().keeps(Path.of("/srv/sallyport/state"))).isFalse();
    dropIn("etc/systemd/system", "d.conf", "BindReadOnlyPaths=/data/keys:/home/keys");
    assertThat(unit().hides(Path.of("/home/keys/bob"))).isEmpty();
    dropIn("etc/systemd/system", "e.conf", "ProtectSystem=full");
    assertThat(unit().keeps(Path.of("/srv/sallyport/state"))).isTrue();
  }

  @Test
  void aDropInOfTheOperatorReplacesOneOfThePackage() throws IOException {
    dropIn("usr/lib/systemd/system", "a.conf", "ProtectHome=no");
    dropIn("etc/systemd/system", "a.conf", "# nothing");
    assertThat(unit().hides(Path.of("/home/bob"))).contains("ProtectHome=yes");
  }

  @Test
  void thereMayBeNoUnit() throws IOException {
    Files.delete(root.resolve("etc/systemd/system").resolve(InstalledUnit.NAME));
    assertThat(InstalledUnit.find(root)).isEmpty();
  }

  private List<String> warnings(String lines) throws IOException {
    Path file = Files.writeString(root.resolve("sallyport.conf"), "sallyport {\n" + lines + "\n}");
    var loader =
        new ConfigurationLoader(ConfigurationLoader.installedPlugins(), (where, what) -> {});
    return switch (loader.load(file, Outside.LEFT)) {
      case Loading.Rejected rejected -> throw new AssertionError(rejected.errors());
      case Loading.Loaded loaded -> {
        try (loaded) {
          yield UnitWarnings.of(unit(), loaded.configuration());
        }
      }
    };
  }

  @Test
  void warnsOfEachFileThatTheServerCannotUse() throws IOException {
    String lines =
        """
        state-dir = "/srv/sallyport"
        private-networks = ["10.0.0.0/16"]
        auth.plugins = [ { type = authorized-keys, files = ["/etc/keys/%u", "/home/%u/.ssh/authorized_keys"] } ]
        credentials.web = { type = key, file = "/root/web.pem" }
        """;
    // The unit starts a server with another file.
    assertThat(warnings(lines)).isEmpty();
    dropIn(
        "etc/systemd/system",
        "a.conf",
        "ExecStart=",
        "ExecStart=/opt/sallyport/bin/sallyport serve --config " + root.resolve("sallyport.conf"));
    assertThat(warnings(lines))
        .satisfiesExactly(
            state ->
                assertThat(state)
                    .startsWith("sallyport.state-dir: /srv/sallyport is outside")
                    .contains("ReadWritePaths=/srv/sallyport"),
            keys ->
                assertThat(keys)
                    .startsWith(
                        "sallyport.auth.plugins[0].files[1]: /home/%u/.ssh/authorized_keys is"
                            + " hidden from the server by ProtectHome=yes"),
            credential ->
                assertThat(credential)
                    .startsWith("sallyport.credentials.web.file: /root/web.pem is hidden"));
  }
}
