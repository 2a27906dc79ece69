package dev.sallyport.gateway.outbound;

import dev.sallyport.model.Host;
import dev.sallyport.model.Parsed;
import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A file of known host keys. The server remembers keys in the one in the state folder, and the
 * operator's command removes them there. Safe for all threads, and for both processes at the same
 * time.
 */
public final class KnownHostsFile {
  /**
   * Largest file in bytes, enough for tens of thousands of hosts. A user who finds ever new targets
   * must not fill the memory.
   */
  private static final int LARGEST = 4 << 20;

  /** The system's file locks exclude only other processes. */
  private static final ReentrantLock IN_PROCESS = new ReentrantLock();

  private final Path file;
  private final LinkOption[] links;

  /** A file of the operator's, or a link to it. */
  KnownHostsFile(Path file) {
    this(file, new LinkOption[0]);
  }

  private KnownHostsFile(Path file, LinkOption... links) {
    this.file = file;
    this.links = links;
  }

  /**
   * The file in which the server remembers keys, {@code <state-dir>/known_hosts}. Links are not
   * followed: root's commands read the file in a folder where the server's user could put a link to
   * a file that only root may read.
   */
  public static KnownHostsFile remembered(Path stateDir) {
    return new KnownHostsFile(stateDir.resolve("known_hosts"), LinkOption.NOFOLLOW_LINKS);
  }

  public Path path() {
    return file;
  }

  /**
   * An entry.
   *
   * @param marker {@code @cert-authority} or {@code @revoked}; empty for a host's own key
   * @param hosts as they are written: patterns, or the hash of a name; not escaped
   * @param type of the key
   * @param fingerprint {@code SHA256:…}
   */
  public record Entry(Optional<String> marker, String hosts, String type, String fingerprint) {}

  /**
   * All entries, in the order of the file.
   *
   * @throws IOException when it cannot be read; the message says where it is wrong
   */
  public List<Entry> entries() throws IOException {
    return read().stream()
        .map(line ->
            new Entry(
                line.marker().word(), line.hosts(), line.key().type(), line.key().fingerprint()))
        .toList();
  }

  /** Runs before keys are removed. */
  @FunctionalInterface
  public interface Before {
    /**
     * Runs the action.
     *
     * @param keys those that will be removed as text: hosts, type of key, fingerprint; at least one
     * @throws IOException when it fails; then nothing is removed
     */
    void forget(List<String> keys) throws IOException;
  }

  /**
   * Removes the keys of a host.
   *
   * @param before called under the lock of the file, if there is anything to remove
   * @return what was removed, as {@code before} was given it
   * @throws IOException when it cannot be read or written, or {@code before} fails
   */
  public List<String> forget(Host host, int port, Before before) throws IOException {
    HostName name = new HostName(host.text(), port);
    List<String> gone = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    try (Lock lock = new Lock()) {
      for (String line : lines()) {
        var parsed = KnownHostsLine.parse(line);
        if (parsed.isPresent()
            && parsed.get() instanceof Parsed.Valid<KnownHostsLine>(KnownHostsLine known)
            && known.marker() == KnownHostsLine.Marker.HOST
            && known.isAbout(name)) {
          gone.add(known.shown());
        } else {
          kept.add(line);
        }
      }
      if (!gone.isEmpty()) {
        before.forget(gone);
        lock.write(kept);
      }
    }
    return gone;
  }

  /** Adds a line, durably. */
  void add(String line) throws IOException {
    try (Lock lock = new Lock()) {
      List<String> all = new ArrayList<>(lines());
      all.add(line);
      lock.write(all);
    }
  }

  /** Empty when there is no such file. */
  List<KnownHostsLine> read() throws IOException {
    List<KnownHostsLine> known = new ArrayList<>();
    List<String> lines = lines();
    for (int i = 0; i < lines.size(); i++) {
      var parsed = KnownHostsLine.parse(lines.get(i));
      if (parsed.isPresent()) {
        known.add(
            switch (parsed.get()) {
              case Parsed.Valid<KnownHostsLine>(KnownHostsLine line) -> line;
              case Parsed.Malformed<KnownHostsLine>(String reason) ->
                  // Not skipped: the line could be one that revokes a key.
                  throw new IOException(
                      "%s: line %d %s: fix or remove it".formatted(file, i + 1, reason));
            });
      }
    }
    return known;
  }

  private List<String> lines() throws IOException {
    return lines(file, links);
  }

  /** Empty when there is no such file. Bytes that are not UTF-8 are replaced. */
  static List<String> lines(Path file, LinkOption... links) throws IOException {
    try (InputStream in = Files.newInputStream(file, links)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new IOException("%s is larger than %d MiB".formatted(file, LARGEST >> 20));
      }
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    } catch (NoSuchFileException none) {
      return List.of();
    }
  }

  /** Excludes all other writers of the file, in this process and others. */
  private final class Lock implements AutoCloseable {
    private final FileChannel channel;
    private final FileLock held;

    Lock() throws IOException {
      IN_PROCESS.lock();
      boolean done = false;
      try {
        channel = PrivateFiles.openLock(file.resolveSibling(file.getFileName() + ".lock"));
        held = channel.lock();
        done = true;
      } finally {
        if (!done) {
          IN_PROCESS.unlock();
        }
      }
    }

    void write(List<String> lines) throws IOException {
      byte[] bytes =
          lines.isEmpty()
              ? new byte[0]
              : (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
      if (bytes.length > LARGEST) {
        throw new IOException(
            "%s would be larger than %d MiB: remove hosts that are gone"
                .formatted(file, LARGEST >> 20));
      }
      PrivateFiles.write(file, bytes);
    }

    @Override
    public void close() throws IOException {
      try {
        held.release();
        channel.close();
      } finally {
        IN_PROCESS.unlock();
      }
    }
  }
}
