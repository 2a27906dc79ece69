package dev.sallyport.support.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.support.keys.KeysFolder;
import dev.sallyport.support.linux.ProcessUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedPathsTest {
  @TempDir Path temporary;
  private KeysFolder keys;
  private Path file;
  private TrustedPaths paths;

  @BeforeEach
  void makeFolder() throws IOException {
    keys = new KeysFolder(temporary.resolve("keys"));
    file = keys.write("alice", "# none");
    paths = new TrustedPaths(List.of(0, ProcessUser.number().orElseThrow()));
  }

  private void assertUntrusted(Path asked, Path where, String what) {
    assertThat(paths.locate(asked))
        .isInstanceOfSatisfying(
            Located.Untrusted.class,
            untrusted -> {
              assertThat(untrusted.where()).isEqualTo(where);
              assertThat(untrusted.what()).contains(what);
            });
  }

  @Test
  void trustsAFileThatOnlyItsOwnerCanChange() {
    assertThat(paths.locate(file))
        .isInstanceOfSatisfying(
            Located.Found.class, found -> assertThat(found.real()).isEqualTo(file));
  }

  @Test
  void findsNothingWhereNothingIs() {
    assertThat(paths.locate(keys.folder().resolve("bob"))).isInstanceOf(Located.Absent.class);
    assertThat(paths.locate(temporary.resolve("no/keys/bob"))).isInstanceOf(Located.Absent.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-rw-r--", "rw-r--rw-", "rw-rw-rw-"})
  void refusesAFileThatOthersCanWrite(String permissions) throws IOException {
    KeysFolder.mode(file, permissions);
    assertUntrusted(file, file, "chmod go-w");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxr-x", "rwxr-xrwx"})
  void refusesAFolderThatOthersCanWrite(String permissions) throws IOException {
    KeysFolder.mode(keys.folder(), permissions);
    assertUntrusted(file, keys.folder(), "chmod go-w");
    KeysFolder.mode(keys.folder(), "rwxr-xr-x");
    KeysFolder.mode(temporary, permissions);
    assertUntrusted(file, temporary, "chmod go-w");
  }

  @Test
  void refusesAFileInAStickyFolderWhereAHardLinkCouldBePut() throws IOException {
    Files.setAttribute(keys.folder(), "unix:mode", 01777);
    assertUntrusted(file, file, "is in a folder in which everybody");
  }

  @Test
  void passesAStickyFolderOnTheWay() throws IOException {
    Files.setAttribute(temporary, "unix:mode", 01777);
    assertThat(paths.locate(file)).isInstanceOf(Located.Found.class);
  }

  @Test
  void refusesWhatBelongsToAnybodyElse() {
    paths = new TrustedPaths(List.of(0x7fff_fff0));
    assertUntrusted(file, file.getRoot(), "chown");
  }

  @Test
  void followsASymbolicLinkOfATrustedOwner() throws IOException {
    Path relative = Files.createSymbolicLink(keys.folder().resolve("bob"), Path.of("alice"));
    Path up = Files.createSymbolicLink(keys.folder().resolve("carol"), Path.of(".././keys//alice"));
    Path absolute = Files.createSymbolicLink(temporary.resolve("link"), keys.folder());
    for (Path path : new Path[] {relative, up, absolute.resolve("alice")}) {
      assertThat(paths.locate(path))
          .isInstanceOfSatisfying(
              Located.Found.class, found -> assertThat(found.real()).isEqualTo(file));
    }
  }

  @Test
  void looksAtEveryFolderBehindASymbolicLink() throws IOException {
    KeysFolder loose = new KeysFolder(temporary.resolve("loose"));
    loose.write("alice", "# none");
    Path link = Files.createSymbolicLink(keys.folder().resolve("bob"), Path.of("../loose/alice"));
    assertThat(paths.locate(link)).isInstanceOf(Located.Found.class);
    KeysFolder.mode(loose.folder(), "rwxrwxrwx");
    assertUntrusted(link, loose.folder(), "chmod go-w");
  }

  @Test
  void refusesASymbolicLinkOfAnybodyElse() throws IOException {
    assumeTrue(ProcessUser.number().orElseThrow() == 0, "only root can give a link away");
    Path link = Files.createSymbolicLink(keys.folder().resolve("bob"), Path.of("alice"));
    Files.setAttribute(link, "unix:uid", 65534, LinkOption.NOFOLLOW_LINKS);
    assertUntrusted(link, link, "chown");
  }

  @Test
  void endsACircleOfSymbolicLinks() throws IOException {
    Path one = Files.createSymbolicLink(keys.folder().resolve("one"), Path.of("two"));
    Path two = Files.createSymbolicLink(keys.folder().resolve("two"), Path.of("one"));
    assertThat(paths.locate(one)).isInstanceOf(Located.Untrusted.class);
    assertThat(paths.locate(two)).isInstanceOf(Located.Untrusted.class);
  }

  @Test
  void findsNothingBehindALinkThatLeadsNowhere() throws IOException {
    Path link = Files.createSymbolicLink(keys.folder().resolve("bob"), Path.of("../nowhere"));
    assertThat(paths.locate(link)).isInstanceOf(Located.Absent.class);
  }

  @Test
  void takesNothingButARegularFile() throws Exception {
    assertThat(paths.locate(keys.folder())).isInstanceOf(Located.Folder.class);
    assertUntrusted(file.resolve("x"), file, "where a folder was expected");
    Path pipe = keys.folder().resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", "-m", "644", pipe.toString()).start().waitFor())
        .isZero();
    assertUntrusted(pipe, pipe, "not a regular file");
  }

  @Test
  void seesAFileChangeEvenWhenItsTimeIsSetBack() throws IOException {
    FileVersion before = ((Located.Found) paths.locate(file)).version();
    var modified = Files.getLastModifiedTime(file);
    KeysFolder.mode(file, "rw-------");
    keys.write("alice", "# nine");
    Files.setLastModifiedTime(file, modified);
    FileVersion after = ((Located.Found) paths.locate(file)).version();
    assertThat(after.size()).isEqualTo(before.size());
    assertThat(after.modified()).isEqualTo(before.modified());
    assertThat(after).isNotEqualTo(before);
  }
}
