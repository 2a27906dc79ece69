package dev.sallyport.support.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sallyport.support.linux.ProcessUser;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateFilesTest {
  private static final int LARGEST = 5;

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void make() throws IOException {
    file = folder.resolve("file");
    PrivateFiles.write(file, bytes("12345"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void permit(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(one -> one.getFileName().toString()).sorted().toList();
    }
  }

  private UserPrincipal nobody() throws IOException {
    assumeThat(ProcessUser.number().orElseThrow()).as("only root can give").isZero();
    return folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
  }

  @Test
  void whatIsWrittenIsItsOwnersAloneAndIsReadAgain() throws Exception {
    assertThat(permissions(file)).isEqualTo("rw-------");
    assertThat(PrivateFiles.read(file, LARGEST)).isEqualTo(bytes("12345"));
    PrivateFiles.write(file, bytes("new"));
    assertThat(PrivateFiles.read(file, LARGEST)).isEqualTo(bytes("new"));
    assertThat(names()).as("nothing is left beside it").containsExactly("file");
  }

  /** systemd.exec(5), LoadCredential=: root's file, with an access list for the service's user. */
  @ParameterizedTest
  @CsvSource({
    "r--r-----, true",
    "r--------, true",
    "rw-r-----, false",
    "r--rw----, false",
    "r--r--r--, false"
  })
  void aCredentialOfTheServiceMayBeReadByOneOtherUser(String permissions, boolean accepted)
      throws Exception {
    Set<PosixFilePermission> found = PosixFilePermissions.fromString(permissions);
    assertThat(PrivateFiles.isCredential(file, found, folder.toString())).isEqualTo(accepted);
    assertThat(PrivateFiles.isCredential(file, found, folder + "/.."))
        .as("only in the folder itself")
        .isFalse();
    assertThat(PrivateFiles.isCredential(file, found, null)).as("outside of a service").isFalse();
  }

  @Test
  void aWriteThatFailsLeavesNothingBehind() throws Exception {
    Path inTheWay = folder.resolve("folder");
    Files.createDirectories(inTheWay.resolve("full"));
    assertThatThrownBy(() -> PrivateFiles.write(inTheWay, bytes("x")))
        .isInstanceOf(IOException.class);
    assertThat(names()).containsExactly("file", "folder");
  }

  @Test
  void aLinkIsReplacedAndWhatItLeadsToStays() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    PrivateFiles.write(link, bytes("new"));
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes("12345"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw--w----", "rw---x---", "rw----r--", "rwx----w-"})
  void whatIsOpenToOthersIsNotRead(String permissions) throws Exception {
    permit(file, permissions);
    assertThatThrownBy(() -> PrivateFiles.read(file, LARGEST))
        .hasMessage("%1$s is open to others (%2$s): run chmod 600 %1$s", file, permissions);
    permit(folder, permissions);
    assertThatThrownBy(() -> PrivateFiles.checkFolder(folder))
        .hasMessage("%1$s is open to others (%2$s): run chmod 700 %1$s", folder, permissions);
    permit(folder, "rwx------");
  }

  @Test
  void aFileThatIsTooLargeIsNotRead() throws Exception {
    PrivateFiles.write(file, bytes("123456"));
    assertThatThrownBy(() -> PrivateFiles.read(file, LARGEST))
        .hasMessage(file + " is too large to be what it should be");
  }

  @Test
  void onlyFilesAreReadAsFilesAndOnlyFoldersAreFolders() throws Exception {
    assertThatThrownBy(() -> PrivateFiles.read(folder, LARGEST))
        .hasMessage(folder + " is not a regular file");
    assertThatThrownBy(() -> PrivateFiles.checkFolder(file)).hasMessage(file + " is not a folder");
  }

  @Test
  void whatIsMissingIsToldFromWhatMustNotBeUsed() {
    Path none = folder.resolve("none");
    assertThatThrownBy(() -> PrivateFiles.read(none, LARGEST))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> PrivateFiles.readNamed(none, LARGEST))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> PrivateFiles.checkFolder(none))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aLinkIsFollowedOnlyToWhatTheOperatorNamedAndThatIsLookedAt() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThatThrownBy(() -> PrivateFiles.read(link, LARGEST))
        .hasMessage(link + " is not a regular file");
    assertThat(PrivateFiles.readNamed(link, LARGEST)).isEqualTo(bytes("12345"));
    permit(file, "rw-r--r--");
    assertThatThrownBy(() -> PrivateFiles.readNamed(link, LARGEST))
        .hasMessageContaining("run chmod 600 " + file.toRealPath());

    Path toFolder = Files.createSymbolicLink(folder.resolve("to-folder"), folder);
    assertThatThrownBy(() -> PrivateFiles.checkFolder(toFolder))
        .hasMessage(toFolder + " is not a folder");
  }

  @Test
  void aFolderIsMadeForItsOwnerAloneAndUsedAgain() throws Exception {
    Path made = folder.resolve("made");
    PrivateFiles.makeFolder(made);
    PrivateFiles.makeFolder(made);
    assertThat(permissions(made)).isEqualTo("rwx------");
    permit(made, "rwxr-x---");
    assertThatThrownBy(() -> PrivateFiles.makeFolder(made)).hasMessageContaining("open to others");
  }

  @Test
  void theFolderAboveIsMadeOnlyWhenAskedFor() throws Exception {
    Path deep = folder.resolve("a/b");
    assertThatThrownBy(() -> PrivateFiles.makeFolder(deep)).isInstanceOf(NoSuchFileException.class);
    PrivateFiles.makeFolders(deep);
    assertThat(permissions(folder.resolve("a"))).isEqualTo("rwx------");
    assertThat(permissions(deep)).isEqualTo("rwx------");
  }

  @Test
  void whatRootMakesBelongsToTheOwnerOfTheFolder() throws Exception {
    UserPrincipal server = nobody();
    Files.setOwner(folder, server);

    PrivateFiles.write(file, bytes("x"));
    PrivateFiles.makeFolders(folder.resolve("a/b"));
    try (FileChannel lock = PrivateFiles.openLock(folder.resolve("lock"))) {
      assertThat(lock.isOpen()).isTrue();
    }

    for (String made : List.of("file", "a", "a/b", "lock")) {
      assertThat(Files.getOwner(folder.resolve(made))).as(made).isEqualTo(server);
    }
    assertThat(permissions(folder.resolve("lock"))).isEqualTo("rw-------");
    assertThat(PrivateFiles.read(file, LARGEST)).as("root may read it").isEqualTo(bytes("x"));
  }

  /** The server's user may write in the folder, and the operator's command runs as root. */
  @Test
  void whatALinkLeadsToIsNotGivenAway() throws Exception {
    UserPrincipal server = nobody();
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    PrivateFiles.giveTo(server, link);

    assertThat(Files.getOwner(file).getName()).isEqualTo("root");
    assertThat(Files.getOwner(link, LinkOption.NOFOLLOW_LINKS)).isEqualTo(server);
  }

  @Test
  void aLockThatIsALinkIsNotFollowed() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("lock"), file);
    assertThatThrownBy(() -> PrivateFiles.openLock(link).close()).isInstanceOf(IOException.class);
  }

  @Test
  void aFolderIsListed() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      Files.createFile(folder.resolve(name));
    }
    Path b = folder.resolve("b");
    assertThat(PrivateFiles.list(folder)).contains(folder.resolve("a"), b, folder.resolve("c"));
    assertThat(PrivateFiles.list(folder, b::equals, 1)).containsExactly(b);
    assertThat(PrivateFiles.list(folder, _ -> true, 2)).hasSize(2);
  }

  /** A disk that fails, or a file system of the network. */
  @Test
  void aFolderThatFailsWhileItIsReadIsAFaultThatCallersExpect() {
    IOException fault = new IOException("the disk is away");
    Iterable<Path> entries =
        () -> {
          throw new DirectoryIteratorException(fault);
        };
    assertThatThrownBy(() -> PrivateFiles.list(entries, _ -> true, 1)).isSameAs(fault);
  }
}
