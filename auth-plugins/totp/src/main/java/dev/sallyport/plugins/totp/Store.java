package dev.sallyport.plugins.totp;

import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * The users' files in their folder, one a user, named by a hash of the user's name: so no name is a
 * path. For all threads, and for the server and the operator's command at a time.
 */
final class Store {
  private static final String SUFFIX = ".totp";

  /** A user's file is of some hundred bytes; more is some other file. */
  private static final int LARGEST = 16 * 1024;

  /**
   * Locks within the process, chosen by a hash of the file: a user's flood of tries holds up that
   * user, and of the others at most one in so many, for as long as a small file is written. The
   * system's file locks are between processes only, so they come second.
   */
  private static final ReentrantLock[] IN_PROCESS =
      Stream.generate(ReentrantLock::new).limit(1024).toArray(ReentrantLock[]::new);

  private final Path folder;
  private final Optional<Path> keyFile;

  Store(Path folder, Optional<Path> keyFile) {
    this.folder = folder;
    this.keyFile = keyFile;
  }

  /** What may be done with a user's file while nobody else does. */
  interface Locked<T> {
    T with(Entry entry) throws IOException;
  }

  /**
   * Whether anybody can be enrolled: false before the first enrolment, which makes the folder.
   *
   * @throws IOException when the folder must not be used, or an enrolment made it and it is gone:
   *     without it all users would lose their second factor, and nobody would notice
   */
  boolean exists() throws IOException {
    try {
      PrivateFiles.checkFolder(folder);
      return true;
    } catch (NoSuchFileException e) {
      if (Files.exists(mark(), LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(
            "%s does not exist, but users were enrolled in it: restore it, or enroll a user again"
                .formatted(folder),
            e);
      }
      return false;
    }
  }

  /** Beside the folder: it says that an enrolment made the folder. */
  private Path mark() {
    return folder.resolveSibling(folder.getFileName() + ".enrolled");
  }

  /** What keeps everybody from passing, whoever they are. */
  List<String> obstacles() {
    List<String> obstacles = new ArrayList<>();
    try {
      boolean _ = exists();
    } catch (IOException e) {
      obstacles.add(String.valueOf(e.getMessage()));
    }
    try {
      Optional<FileKey> _ = key();
    } catch (IOException e) {
      obstacles.add(String.valueOf(e.getMessage()));
    }
    return obstacles;
  }

  /** Whether nobody was ever enrolled. */
  boolean isUnused() {
    try {
      return !exists();
    } catch (IOException e) {
      // One of the obstacles.
      return false;
    }
  }

  /** Whether there is a file for the user; its content is not looked at. */
  boolean has(String user) throws IOException {
    Optional<String> name = fileName(user);
    return exists()
        && name.isPresent()
        && Files.exists(folder.resolve(name.get()), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * What is kept of the user.
   *
   * @throws IOException when it must not or cannot be used; the message says which file and why
   */
  Optional<Enrollee> read(String user) throws IOException {
    Optional<String> name = fileName(user);
    return !exists() || name.isEmpty() ? Optional.empty() : readFile(user, name.get());
  }

  private Optional<Enrollee> readFile(String user, String name) throws IOException {
    Path file = folder.resolve(name);
    byte[] bytes;
    try {
      bytes = PrivateFiles.read(file, LARGEST);
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
    try {
      Enrollee enrollee = FileText.read(bytes, key());
      if (!enrollee.user().equals(user)) {
        throw new IOException("it is another user's");
      }
      return Optional.of(enrollee);
    } catch (IOException e) {
      throw new IOException(
          file + " cannot be used: " + e.getMessage() + "; enroll the user again", e);
    }
  }

  /** Everyone's, by name. */
  List<Enrollee> all() throws IOException {
    List<Enrollee> all = new ArrayList<>();
    if (!exists()) {
      return all;
    }
    for (Path file : PrivateFiles.list(folder)) {
      if (file.toString().endsWith(SUFFIX)) {
        String user = FileText.user(PrivateFiles.read(file, LARGEST));
        read(user).ifPresent(all::add);
      }
    }
    all.sort(Comparator.comparing(Enrollee::user));
    return all;
  }

  /** Makes the folder if it is missing, and the mark beside it. */
  void prepare() throws IOException {
    PrivateFiles.makeFolder(folder);
    if (!Files.exists(mark(), LinkOption.NOFOLLOW_LINKS)) {
      try {
        PrivateFiles.write(
            mark(),
            "sallyport second-factor enroll made the folder beside this file.\n"
                .getBytes(StandardCharsets.US_ASCII));
      } catch (AccessDeniedException e) {
        // Who may not write here cannot remove the folder either.
        return;
      }
    }
  }

  /**
   * Reads and changes a user's file while no other thread or process does.
   *
   * @throws IllegalArgumentException when the user's name is no text
   */
  <T> T locked(String user, Locked<T> action) throws IOException {
    if (!exists()) {
      throw new IOException(folder + " does not exist");
    }
    String name =
        fileName(user).orElseThrow(() -> new IllegalArgumentException("no valid Unicode"));
    ReentrantLock lock = IN_PROCESS[Math.floorMod(name.hashCode(), IN_PROCESS.length)];
    lock.lock();
    try (FileChannel channel = PrivateFiles.openLock(folder.resolve(name + ".lock"));
        FileLock held = channel.lock()) {
      if (!held.isValid()) {
        throw new IOException("the lock of " + folder.resolve(name) + " was lost");
      }
      return action.with(new Entry(user, name));
    } finally {
      lock.unlock();
    }
  }

  /** One user's file, while it is locked. */
  final class Entry {
    private final String user;
    private final String name;

    private Entry(String user, String name) {
      this.user = user;
      this.name = name;
    }

    Optional<Enrollee> read() throws IOException {
      return readFile(user, name);
    }

    boolean exists() {
      return Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    void write(Enrollee enrollee) throws IOException {
      PrivateFiles.write(folder.resolve(name), FileText.of(enrollee, key()));
    }

    void remove() throws IOException {
      Files.deleteIfExists(folder.resolve(name));
      PrivateFiles.force(folder);
    }
  }

  /** Read each time: the operator may have put it right, and it is small. */
  private Optional<FileKey> key() throws IOException {
    if (keyFile.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(FileKey.read(keyFile.get()));
    } catch (NoSuchFileException e) {
      throw new IOException(
          keyFile.get() + " does not exist: make it with openssl rand -base64 32, mode 600", e);
    }
  }

  /** Nothing for what is no Unicode, which would share its name with others. */
  private static Optional<String> fileName(String user) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(user));
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes);
      return Optional.of(HexFormat.of().formatHex(digest.digest()) + SUFFIX);
    } catch (CharacterCodingException e) {
      return Optional.empty();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
