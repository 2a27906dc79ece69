package dev.sallyport.plugins.totp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.Objects;

/**
 * Files and folders that nobody but their owner can read: what is open to others, or belongs to a
 * user who is neither root nor this process's nor the folder's owner, is not read at all.
 */
final class PrivateFile {
  /** From inode(7). */
  private static final int TYPE = 0170000;

  private static final int REGULAR_FILE = 0100000;
  private static final int FOLDER = 0040000;
  private static final int OTHERS = 0077;
  private static final int ROOT = 0;

  /** Ours are of some hundred bytes; more is some other file. */
  private static final int LARGEST = 16 * 1024;

  private PrivateFile() {}

  /**
   * @throws NoSuchFileException when there is no such file
   * @throws IOException when it must not be used; the message says why and what to do
   */
  static byte[] read(Path file) throws IOException {
    check(file, REGULAR_FILE, "no regular file", "600");
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new IOException(file + " is too large to be what it should be");
      }
      return bytes;
    } catch (AccessDeniedException e) {
      throw new IOException(
          "this user may not read " + file + ": give it to the server's user (chown)", e);
    }
  }

  /**
   * @throws IOException when the folder is missing or must not be used; the message says what to do
   */
  static void checkFolder(Path folder) throws IOException {
    try {
      check(folder, FOLDER, "no folder", "700");
    } catch (NoSuchFileException e) {
      // Not "nobody has a second factor": on a disk that is not there everybody would lose theirs.
      throw new IOException(
          folder
              + " does not exist: \"sallyport second-factor enroll\" makes it, or install -d -m 700"
              + " for the server's user",
          e);
    }
  }

  private static void check(Path path, int type, String otherwise, String mode) throws IOException {
    Map<String, Object> read =
        Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
    int permissions = (Integer) Objects.requireNonNull(read.get("mode"));
    int owner = (Integer) Objects.requireNonNull(read.get("uid"));
    if ((permissions & TYPE) != type) {
      throw new IOException(path + " is " + otherwise);
    }
    if ((permissions & OTHERS) != 0) {
      throw new IOException(
          "%s is open to others (mode %o): run chmod %s %s"
              .formatted(path, permissions & 07777, mode, path));
    }
    int self = ProcessUser.number();
    // Root is the operator's command, which works on what belongs to the server's user.
    if (owner != self && owner != ROOT && self != ROOT) {
      throw new IOException(
          path
              + " belongs to the user with number "
              + owner
              + ", who could let anybody pass: give it to the server's user (chown)");
    }
  }

  /** Makes the folder, for whom the folder above belongs to. */
  static void makeFolder(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Path above = folder.getParent();
      if (above == null || !Files.isDirectory(above)) {
        throw new IOException("the folder above " + folder + " does not exist: make it first");
      }
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      giveTo(Files.getOwner(above), folder);
    }
    checkFolder(folder);
  }

  /**
   * Replaces the file, durably: a crash leaves the old one or the new one. It belongs to whom the
   * folder belongs to, so that the server can read what root wrote.
   */
  static void write(Path folder, String name, byte[] bytes) throws IOException {
    Path fresh =
        Files.createTempFile(
            folder,
            ".new-",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
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
      Files.move(
          fresh,
          folder.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      force(folder);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** What was made or removed in the folder stays so after a crash. */
  static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Of what the folder's owner may put in the file's place meanwhile: a link is not followed, or
   * root would give away the file that it leads to.
   */
  static void giveTo(UserPrincipal owner, Path file) throws IOException {
    FileOwnerAttributeView view =
        Files.getFileAttributeView(file, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (!view.getOwner().equals(owner)) {
      view.setOwner(owner);
    }
  }
}
