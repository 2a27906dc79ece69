package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sallyport.support.linux.ProcessUser;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A configuration that others can change is not read: it decides who gets in. Every way to load one
 * asks the same question, so the table runs over all of them.
 */
class ConfigurationFileTrustTest {
  private static final int SOMEBODY = 4711;

  @TempDir Path temporary;
  private final TestPlugins plugins = new TestPlugins();
  private Path folder;
  private Path file;

  @BeforeEach
  void write() throws Exception {
    folder = Files.createDirectory(temporary.resolve("etc"));
    modes("rwxr-xr-x", folder);
    file = folder.resolve("sallyport.conf");
    Files.writeString(
        file,
        """
        sallyport {
          state-dir = "/srv/state"
          private-networks = ["10.0.0.0/16"]
          auth.plugins = [ { type = authorized-keys, files = ["/keys/%u"] } ]
        }
        """);
    modes("rw-r--r--", file);
  }

  private static void modes(String modes, Path path) throws Exception {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(modes));
  }

  private Loading load(Path path) {
    return new ConfigurationLoader(plugins.factories(), (where, what) -> {}).load(path);
  }

  private void assertRead(Path path) {
    Loading loading = load(path);
    assertThat(loading).isInstanceOf(Loading.Loaded.class);
    ((Loading.Loaded) loading).close();
    assertThat(ConfigurationLoader.stateDir(path))
        .isEqualTo(new StateDir.Found(Path.of("/srv/state")));
  }

  /** By a server at its start and at a reload, by every command, and by sallyport reload. */
  private void assertRefused(Path path, String what) {
    assertThat(load(path))
        .isInstanceOfSatisfying(
            Loading.Rejected.class,
            rejected -> {
              assertThat(rejected.errors())
                  .singleElement()
                  .asString()
                  .isEqualTo(path + ": " + what);
              assertThat(rejected.cure()).isEqualTo(ConfigurationError.Cure.IN_FILE);
            });
    assertThat(ConfigurationLoader.stateDir(path))
        .isInstanceOfSatisfying(
            StateDir.Unreadable.class,
            unreadable ->
                assertThat(unreadable.errors())
                    .singleElement()
                    .asString()
                    .isEqualTo(path + ": " + what));
    assertThat(plugins.open()).as("no plugin of it was opened").isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw-------", "r--r-----", "rwxr-xr-x"})
  void aFileThatOnlyItsOwnerCanChangeIsRead(String modes) throws Exception {
    modes(modes, file);
    assertRead(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-rw-r--", "rw-r--rw-", "rw-rw-rw-", "r--r---w-"})
  void aFileThatOthersCanChangeIsRefused(String modes) throws Exception {
    modes(modes, file);
    assertRefused(
        file,
        "can be changed by others than its owner (mode %04o), so it is not used: run chmod go-w %s"
            .formatted((Integer) Files.getAttribute(file, "unix:mode") & 07777, file));
  }

  @Test
  void soIsOneInAFolderThatOthersCanChange() throws Exception {
    modes("rwxrwxr-x", folder);
    assertRefused(
        file,
        "%1$s can be changed by others than its owner (mode 0775), so nothing below it is used: run chmod go-w %1$s"
            .formatted(folder));
    modes("rwxr-xr-x", folder);
    modes("rwxrwxrwx", temporary);
    assertRefused(
        file,
        "%1$s can be changed by others than its owner (mode 0777), so nothing below it is used: run chmod go-w %1$s"
            .formatted(temporary));
  }

  @Test
  void soIsOneInAFolderWhereEverybodyMayCreateFiles() throws Exception {
    Files.setAttribute(folder, "unix:mode", 01777);
    assertRefused(
        file,
        "is in a folder in which everybody may create files (mode 1777), so it is not used: move it"
            + " to a folder that only root or the user that Sallyport runs as can write to");
  }

  @Test
  void aFileOfAnotherUserIsRefused() throws Exception {
    assumeThat(ProcessUser.number().orElseThrow()).as("only root can give files away").isZero();
    Files.setAttribute(file, "unix:uid", SOMEBODY);
    assertRefused(
        file,
        "belongs to user 4711, who is neither root nor the user that Sallyport runs as, so it is"
            + " not used: run chown root "
            + file);
  }

  @Test
  void aLinkOfTheOperatorsIsFollowedAndWhatIsBehindItJudged() throws Exception {
    Path link = Files.createSymbolicLink(temporary.resolve("link.conf"), file);
    assertRead(link);
    modes("rwxrwxrwx", folder);
    assertThat(load(link)).isInstanceOf(Loading.Rejected.class);
    modes("rwxr-xr-x", folder);
    assumeThat(ProcessUser.number().orElseThrow()).as("only root can give files away").isZero();
    Files.setAttribute(link, "unix:uid", SOMEBODY, LinkOption.NOFOLLOW_LINKS);
    assertThat(load(link)).isInstanceOf(Loading.Rejected.class);
  }

  @Test
  void aRelativePathIsJudgedFromTheWorkingFolder() throws Exception {
    Path relative = Path.of("").toAbsolutePath().relativize(file);
    assertRead(relative);
    modes("rwxrwxrwx", folder);
    assertThat(load(relative)).isInstanceOf(Loading.Rejected.class);
  }

  @Test
  void noControlCharacterOfAPathReachesTheTerminal() throws Exception {
    Path odd = Files.createDirectory(temporary.resolve("a\u001b[2Jb"));
    Path inside = Files.copy(file, odd.resolve("sallyport.conf"));
    modes("rwxrwxrwx", odd);
    assertThat(((Loading.Rejected) load(inside)).errors())
        .singleElement()
        .asString()
        .doesNotContain("\u001b")
        .contains("chmod go-w");
  }
}
