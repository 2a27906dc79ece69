package dev.sallyport.support.files;

import dev.sallyport.spi.Reporter;
import dev.sallyport.support.linux.ProcessUser;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Walks to files and trusts them only when nobody but root and the process's own user can change or
 * replace them, as OpenSSH's StrictModes does: whoever can write there can log in as anybody. Looks
 * at every folder and every symbolic link on the way, so a link that an operator made is followed
 * and one that anybody else made is not. Immutable, for all threads.
 *
 * <p>Two things differ from OpenSSH. A folder with the sticky bit, such as {@code /tmp}, may be
 * passed, because in it nobody can rename or remove what belongs to a trusted user; but it may not
 * hold the file itself, since a hard link to another user's file could be put there. And the user
 * who logs in is not trusted: users are virtual, no system account belongs to them.
 */
public final class TrustedPaths {
  private static final String ATTRIBUTES = "unix:mode,uid,dev,ino,size,lastModifiedTime,ctime";

  // From stat(2), inode(7).
  private static final int TYPE = 0170000;
  private static final int SYMBOLIC_LINK = 0120000;
  private static final int REGULAR_FILE = 0100000;
  private static final int FOLDER = 0040000;
  private static final int PERMISSIONS = 07777;
  private static final int STICKY = 01000;
  private static final int OTHERS_WRITE = 0022;

  /** The number of root. */
  private static final int ROOT = 0;

  /** Most links on the way, as Linux (path_resolution(7)): stops a circle. */
  private static final int MOST_LINKS = 40;

  private final Set<Integer> trustedUsers;

  /**
   * @param trustedUsers numbers of the users who may own files and folders
   */
  public TrustedPaths(Collection<Integer> trustedUsers) {
    this.trustedUsers = Set.copyOf(trustedUsers);
  }

  /** Trusts root and the user that this process runs as, if that shows, which is told if not. */
  public static TrustedPaths ofOperator(Reporter reporter) {
    Set<Integer> trusted = new HashSet<>(Set.of(ROOT));
    OptionalInt self = ProcessUser.number();
    if (self.isPresent()) {
      trusted.add(self.getAsInt());
    } else {
      reporter.problem(
          "/proc/self/status",
          "does not say which user Sallyport runs as; only files of root are used");
    }
    return new TrustedPaths(trusted);
  }

  private record Node(int mode, int user, FileVersion version) {
    boolean is(int type) {
      return (mode & TYPE) == type;
    }

    boolean othersMayWrite() {
      return (mode & OTHERS_WRITE) != 0;
    }

    int permissions() {
      return mode & PERMISSIONS;
    }

    String consequence() {
      return is(FOLDER) ? "nothing below it is used" : "it is not used";
    }
  }

  /** Goes to an absolute path, whatever is there. Waits for the disk. */
  public Located locate(Path path) {
    Path at = path.getRoot();
    Path looked = at;
    List<Path> passed = new ArrayList<>();
    Deque<Path> ahead = new ArrayDeque<>();
    path.forEach(ahead::addLast);
    int links = 0;
    Node folder;
    try {
      folder = look(at);
      while (true) {
        String wrong = whatIsWrongWithFolder(at, folder);
        if (!wrong.isEmpty()) {
          return new Located.Untrusted(at, wrong);
        }
        passed.add(at);
        Path name = ahead.pollFirst();
        if (name == null) {
          return new Located.Folder(at, passed);
        }
        if (name.toString().equals("..")) {
          // From the target of a link; "at" has no links in it, so its parent is the real one.
          at = at.getParent() == null ? at : at.getParent();
          folder = look(at);
          continue;
        }
        if (name.toString().equals(".") || name.toString().isEmpty()) {
          continue;
        }
        Path next = at.resolve(name);
        looked = next;
        Node node = look(next);
        if (!trustedUsers.contains(node.user())) {
          return new Located.Untrusted(next, foreignOwner(next, node));
        }
        if (node.is(SYMBOLIC_LINK)) {
          if (++links > MOST_LINKS) {
            return new Located.Untrusted(next, "is one of too many symbolic links");
          }
          passed.add(next);
          Path target = Files.readSymbolicLink(next);
          for (int i = target.getNameCount() - 1; i >= 0; i--) {
            ahead.addFirst(target.getName(i));
          }
          if (target.isAbsolute()) {
            at = target.getRoot();
            folder = look(at);
          }
        } else if (node.is(FOLDER)) {
          at = next;
          folder = node;
        } else {
          return file(next, node, folder, ahead.isEmpty(), passed);
        }
      }
    } catch (NoSuchFileException e) {
      return new Located.Absent(looked, ahead.size() + 1, passed);
    } catch (FileSystemException e) {
      return new Located.Untrusted(at, "cannot be looked into: " + reason(e));
    } catch (IOException e) {
      return new Located.Untrusted(at, "cannot be looked into");
    }
  }

  /**
   * Goes to a file that has to be there. Waits for the disk.
   *
   * @return its path without symbolic links
   * @throws UnusableFileException when it is not there, is none, or is not to be trusted
   */
  public Path file(Path path) throws UnusableFileException {
    return switch (locate(path)) {
      case Located.Found found -> found.real();
      case Located.Untrusted(Path where, String what) ->
          throw new UnusableFileException(where + " " + what);
      case Located.Folder _ -> throw new UnusableFileException(path + " is a folder");
      case Located.Absent _ -> throw new UnusableFileException(path + " is not there");
    };
  }

  private Located file(Path path, Node node, Node folder, boolean last, List<Path> passed) {
    if (!node.is(REGULAR_FILE)) {
      return new Located.Untrusted(path, "is not a regular file");
    }
    if (!last) {
      return new Located.Untrusted(path, "is a file where a folder was expected");
    }
    if (node.othersMayWrite()) {
      return new Located.Untrusted(path, writable(path, node));
    }
    if (folder.othersMayWrite()) {
      return new Located.Untrusted(
          path,
          "is in a folder in which everybody may create files (mode %04o), so it is not used: move it"
                  .formatted(folder.permissions())
              + " to a folder that only root or the user that Sallyport runs as can write to");
    }
    passed.add(path);
    return new Located.Found(path, node.version(), passed);
  }

  private String whatIsWrongWithFolder(Path path, Node folder) {
    if (!trustedUsers.contains(folder.user())) {
      return foreignOwner(path, folder);
    }
    boolean sticky = (folder.mode() & STICKY) != 0;
    return folder.othersMayWrite() && !sticky ? writable(path, folder) : "";
  }

  private static String foreignOwner(Path path, Node node) {
    return "belongs to user %d, who is neither root nor the user that Sallyport runs as, so %s: run chown %sroot %s"
        .formatted(node.user(), node.consequence(), node.is(SYMBOLIC_LINK) ? "-h " : "", path);
  }

  private static String writable(Path path, Node node) {
    return "can be changed by others than its owner (mode %04o), so %s: run chmod go-w %s"
        .formatted(node.permissions(), node.consequence(), path);
  }

  private static Node look(Path path) throws IOException {
    Map<String, Object> read = Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    return new Node(
        get(read, "mode", Integer.class),
        get(read, "uid", Integer.class),
        new FileVersion(
            get(read, "dev", Long.class),
            get(read, "ino", Long.class),
            get(read, "size", Long.class),
            get(read, "lastModifiedTime", FileTime.class).toInstant(),
            get(read, "ctime", FileTime.class).toInstant()));
  }

  private static <T> T get(Map<String, Object> read, String name, Class<T> type)
      throws IOException {
    Object value = read.get(name);
    if (!type.isInstance(value)) {
      throw new IOException("no attribute " + name);
    }
    return type.cast(value);
  }

  /** The system's words without the path, which an unauthenticated client may have chosen. */
  public static String reason(FileSystemException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      default -> e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    };
  }
}
