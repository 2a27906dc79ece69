package dev.sallyport.gateway.target;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/** Files of the state folder: written whole or not at all, and for the server's user alone. */
final class SafeFile {
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private SafeFile() {}

  /**
   * Replaces the file, durably: a crash leaves the old one or the new one. It belongs to whom the
   * folder belongs to, so that the server can read what root changed.
   */
  static void write(Path file, byte[] bytes) throws IOException {
    Path folder = folder(file);
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
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    } finally {
      Files.deleteIfExists(fresh);
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

  static Path folder(Path file) {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IllegalArgumentException(file + " is in no folder");
    }
    return folder;
  }

  /**
   * @param what what the file is, for the message
   * @throws IOException when others than the owner can do anything with the file
   */
  static void checkPrivate(String what, Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.stream().anyMatch(OTHERS::contains)) {
      throw new IOException(
          "%s %s is open to others (%s): run chmod 600 %s"
              .formatted(what, file, PosixFilePermissions.toString(permissions), file));
    }
  }
}
