package dev.sallyport.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sallyport.Main;
import dev.sallyport.config.TestPlugins;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server keeps must not be anybody else's to change. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StrictModesTest {
  private static final int SOMEBODY = 4711;

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private int server;

  @BeforeEach
  void make() throws Exception {
    server = StrictModes.processUser();
    for (String inside : List.of("host-keys", "audit", "recordings")) {
      Files.createDirectories(state().resolve(inside));
    }
    for (String inside : List.of("user-ca", "host-ca", "known_hosts")) {
      Files.writeString(state().resolve(inside), "");
    }
    modes("rwxr-xr-x", state());
    for (Path path : List.of(state().resolve("host-keys"), state().resolve("audit"))) {
      modes("rwx------", path);
    }
    modes("rwxr-xr-x", state().resolve("recordings"));
    Files.writeString(
        folder.resolve("sallyport.conf"),
        """
        sallyport {
          listen = ["127.0.0.1:0"]
          state-dir = "%s"
          host-keys = [ed25519]
          private-networks = ["10.0.0.0/16"]
          auth.plugins = [ { type = authorized-keys, files = ["/keys/%%u"] } ]
          audit.disk-warning = 100
        }
        """
            .formatted(state()));
  }

  private Path state() {
    return folder.resolve("state");
  }

  private static void modes(String modes, Path path) throws Exception {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(modes));
  }

  private int run(String... arguments) {
    return Main.commandLine(
            new TestPlugins().factories(),
            name -> {
              throw new UnknownHostException(name.name());
            })
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private String config() {
    return folder.resolve("sallyport.conf").toString();
  }

  @Test
  void whatOthersMayReadAndEnterIsLeftToTheOperator() throws Exception {
    assertThat(StrictModes.faults(state(), server)).isEmpty();
  }

  @Test
  void aFolderThatIsNotThereYetIsMadeByTheServer() throws Exception {
    assertThat(StrictModes.faults(folder.resolve("none"), server)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwx---", "rwx----w-", "rwxrwxrwx"})
  void aFolderThatGroupOrOthersMayWriteIsRefused(String modes) throws Exception {
    modes(modes, state());

    assertThat(StrictModes.faults(state(), server))
        .singleElement()
        .asString()
        .startsWith(state() + " can be changed by others than its owner (mode 07")
        .endsWith(": run chmod go-w " + state());
  }

  @ParameterizedTest
  @ValueSource(strings = {"host-keys", "audit", "recordings", "user-ca", "host-ca", "known_hosts"})
  void soIsWhatTheServerKeepsInIt(String inside) throws Exception {
    modes("rwx-w----", state().resolve(inside));

    assertThat(StrictModes.faults(state(), server))
        .containsExactly(
            "%1$s can be changed by others than its owner (mode 0720): run chmod go-w %1$s"
                .formatted(state().resolve(inside)));
  }

  @Test
  void thePublicHalfOfAKeyMayHaveAnyMode() throws Exception {
    modes("rw-rw-rw-", Files.writeString(state().resolve("host-ca.pub"), ""));

    assertThat(StrictModes.faults(state(), server)).isEmpty();
  }

  @Test
  void aFolderBehindALinkIsJudgedAndNotTheLink() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Files.delete(state().resolve("recordings"));
    Files.createSymbolicLink(state().resolve("recordings"), disk);
    modes("rwx------", disk);
    assertThat(StrictModes.faults(state(), server)).isEmpty();
    modes("rwxrwxrwx", disk);
    assertThat(StrictModes.faults(state(), server)).hasSize(1);
    Files.delete(disk);
    assertThat(StrictModes.faults(state(), server)).isEmpty();
  }

  @Test
  void whatBelongsToAnotherUserThanTheServersOrRootIsRefused() throws Exception {
    assumeThat(server).as("only root can give files away").isZero();
    give(SOMEBODY, state().resolve("audit"));
    give(0, state());
    assertThat(StrictModes.faults(state(), 0))
        .containsExactly(
            "%1$s belongs to the user with number 4711, and the server runs as 0: run chown -R -H 0 %1$s"
                .formatted(state().resolve("audit")));

    give(SOMEBODY, state());
    assertThat(StrictModes.faults(state(), SOMEBODY)).as("root's are the server's too").isEmpty();
    assertThat(StrictModes.faults(state(), 0)).as("one chown -R mends all").hasSize(1);
  }

  private static void give(int user, Path path) throws Exception {
    Files.setAttribute(path, "unix:uid", user);
  }

  @Test
  void theServerDoesNotStartAndTheCheckSaysTheSame() throws Exception {
    modes("rwxrwxr-x", state());
    String told =
        "%1$s: sallyport.state-dir: %2$s can be changed by others than its owner (mode 0775): run chmod go-w %2$s\n"
            .formatted(config(), state());

    assertThat(run("config", "check", "--config", config())).isEqualTo(78);
    assertThat(err).hasToString(told);
    assertThat(out.toString()).isEmpty();
    assertThat(run("serve", "--config", config())).isEqualTo(78);
    assertThat(err).hasToString(told + told);
    assertThat(state().resolve("host-keys")).as("nothing was made there").isEmptyDirectory();
  }

  @Test
  void aCheckByRootTakesTheFoldersOwnerForTheServersUser() throws Exception {
    assumeThat(server).as("only root can give files away").isZero();
    give(SOMEBODY, state());
    // It is empty, and no server starts with such a one.
    Files.delete(state().resolve("host-ca"));

    assertThat(run("config", "check", "--config", config())).as("%s", err).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(run("serve", "--config", config())).isEqualTo(78);
    assertThat(err.toString())
        .contains("belongs to the user with number 4711, and the server runs as 0");
  }
}
