package dev.sallyport.support.files;

import dev.sallyport.support.linux.ProcessUser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Files and folders that nobody but their owner can read or write, such as those with secrets. What
 * is open to others, or belongs to a user who is neither root nor this process's, is not used at
 * all. So the way to a file need not be looked at: who can write there can put only files of their
 * own in its place. What is written is there whole or not at all, also after a crash.
 *
 * <p>What root makes in a folder is given to the folder's owner, so that a server can use what the
 * operator's command made as root; and root itself may use what belongs to any user.
 *
 * <p>All of it waits for the disk. Safe for all threads.
 */
public final class PrivateFiles {
  /**
   * The variable by which systemd says where it put the files that {@code LoadCredential=} names
   * (systemd.exec(5)), for the service alone.
   */
  public static final String CREDENTIALS_DIRECTORY = "CREDENTIALS_DIRECTORY";

  /** To make a file with: for its owner alone. */
  public static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** To make a folder with: for its owner alone. */
  public static final FileAttribute<Set<PosixFilePermission>> FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  /** What an entry for the service's user in the access list of root's file looks like. */
  private static final Set<PosixFilePermission> CREDENTIAL =
      PosixFilePermissions.fromString("r--r-----");

  private static final int ROOT = 0;

  private PrivateFiles() {}

  /**
   * Reads a file that a program made. A symbolic link is not followed.
   *
   * @param largest bytes that it may have: more is some other file, and would fill the memory
   * @throws NoSuchFileException when there is no such file
   * @throws IOException when it cannot or must not be used; the message begins with the file and
   *     says why and what to do
   */
  public static byte[] read(Path file, int largest) throws IOException {
    try {
      // A pipe would be waited for without end.
      check(file, PosixFileAttributes::isRegularFile, "is not a regular file", "600");
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        byte[] bytes = in.readNBytes(largest + 1);
        if (bytes.length > largest) {
          throw new IOException(file + " is too large to be what it should be");
        }
        return bytes;
      }
    } catch (AccessDeniedException e) {
      throw denied(file, e);
    }
  }

  /**
   * Reads a file that the operator named: as {@link #read}, at the end of the operator's links.
   *
   * @throws NoSuchFileException when there is no such file
   * @throws IOException as {@link #read}
   */
  public static byte[] readNamed(Path file, int largest) throws IOException {
    try {
      return read(file.toRealPath(), largest);
    } catch (AccessDeniedException e) {
      throw denied(file, e);
    }
  }

  private static IOException denied(Path file, AccessDeniedException cause) {
    return new IOException(
        file + " may not be read by this user: give it to the server's user (chown)", cause);
  }

  /**
   * Fails unless it is a folder, no link to one, that only its owner can look into.
   *
   * @throws NoSuchFileException when there is no such folder
   * @throws IOException when it must not be used; the message begins with the folder and says why
   *     and what to do
   */
  public static void checkFolder(Path folder) throws IOException {
    check(folder, PosixFileAttributes::isDirectory, "is not a folder", "700");
  }

  private static void check(
      Path path, Predicate<PosixFileAttributes> type, String otherwise, String mode)
      throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!type.test(found)) {
      throw new IOException(path + " " + otherwise);
    }
    if (found.permissions().stream().anyMatch(OTHERS::contains)
        && !isCredential(path, found.permissions())) {
      throw new IOException(
          "%s is open to others (%s): run chmod %s %s"
              .formatted(path, PosixFilePermissions.toString(found.permissions()), mode, path));
    }
    int owner =
        (Integer)
            Objects.requireNonNull(Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS));
    OptionalInt self = ProcessUser.number();
    boolean own = self.isPresent() && (self.getAsInt() == owner || self.getAsInt() == ROOT);
    if (owner != ROOT && !own) {
      throw new IOException(
          path
              + " belongs to the user with number "
              + owner
              + ", who could put anything there: give it to the server's user (chown)");
    }
  }

  /**
   * Whether systemd gave a file to this service ({@link #CREDENTIALS_DIRECTORY}), whose user can
   * read it although it is root's. A symbolic link is not followed.
   *
   * @throws NoSuchFileException when there is no such file
   */
  public static boolean isCredential(Path file) throws IOException {
    return isCredential(file, Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
  }

  private static boolean isCredential(Path path, Set<PosixFilePermission> permissions)
      throws IOException {
    return isCredential(path, permissions, System.getenv(CREDENTIALS_DIRECTORY));
  }

  /**
   * The file is root's, and systemd lets the service's user read it by an access list, which shows
   * as a right of the group (acl(5)).
   *
   * @param directory where such files are; null outside of a service
   */
  static boolean isCredential(
      Path path, Set<PosixFilePermission> permissions, @Nullable String directory)
      throws IOException {
    return directory != null
        && CREDENTIAL.containsAll(permissions)
        && above(path).equals(Path.of(directory).toRealPath());
  }

  /**
   * Makes a folder that is missing; then as {@link #checkFolder}.
   *
   * @throws NoSuchFileException when the folder above is missing
   * @throws IOException when it cannot be made, or what is there must not be used
   */
  public static void makeFolder(Path folder) throws IOException {
    try {
      Files.createDirectory(folder, FOLDER);
      Path above = above(folder);
      giveTo(Files.getOwner(above), folder);
      force(above);
    } catch (FileAlreadyExistsException usual) {
      // Made before, perhaps a moment ago by another.
    }
    checkFolder(folder);
  }

  /** Makes a folder, and those above it, as far as they are missing. Those that are there stay. */
  public static void makeFolders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      makeFolders(above(folder));
      makeFolder(folder);
    }
  }

  /** Puts a file with these bytes in the place of whatever file is there. */
  public static void write(Path file, byte[] bytes) throws IOException {
    Path folder = above(file);
    Path fresh = Files.createTempFile(folder, ".new-", "", FILE);
    try {
      giveTo(Files.getOwner(folder), fresh);
      try (FileChannel channel =
          FileChannel.open(fresh, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      force(folder);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /**
   * Opens a file that is only there to be locked, and makes it if need be. It stays where it is:
   * who removed it would let two in.
   */
  public static FileChannel openLock(Path file) throws IOException {
    try {
      Files.createFile(file, FILE);
      giveTo(Files.getOwner(above(file)), file);
    } catch (FileAlreadyExistsException usual) {
      // Made before.
    }
    return FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * The paths in a folder, in no order.
   *
   * @throws NoSuchFileException when there is no such folder
   * @throws IOException also when the folder turns out not to be readable while it is read
   */
  public static List<Path> list(Path folder) throws IOException {
    return list(folder, _ -> true, Integer.MAX_VALUE);
  }

  /**
   * Some of the paths in a folder, in no order.
   *
   * @param wanted which ones; asked once each
   * @param most how many at most: bounds memory
   * @throws IOException as {@link #list(Path)}
   */
  public static List<Path> list(Path folder, Predicate<Path> wanted, int most) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      return list(entries, wanted, most);
    }
  }

  static List<Path> list(Iterable<Path> entries, Predicate<Path> wanted, int most)
      throws IOException {
    List<Path> found = new ArrayList<>();
    try {
      Iterator<Path> each = entries.iterator();
      while (found.size() < most && each.hasNext()) {
        Path path = each.next();
        if (wanted.test(path)) {
          found.add(path);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  /** What was made, renamed or removed in the folder stays so after a crash. */
  public static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Only root can; what others make is their own. Of what the folder's owner may put in the file's
   * place meanwhile: a link is not followed, or root would give away the file that it leads to.
   */
  static void giveTo(UserPrincipal owner, Path file) throws IOException {
    OptionalInt self = ProcessUser.number();
    if (self.isPresent() && self.getAsInt() == ROOT) {
      FileOwnerAttributeView view =
          Files.getFileAttributeView(file, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS);
      if (!view.getOwner().equals(owner)) {
        view.setOwner(owner);
      }
    }
  }

  private static Path above(Path file) {
    Path above = file.toAbsolutePath().getParent();
    if (above == null) {
      throw new IllegalArgumentException(file + " is in no folder");
    }
    return above;
  }
}
