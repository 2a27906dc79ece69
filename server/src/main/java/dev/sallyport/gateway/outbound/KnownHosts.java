package dev.sallyport.gateway.outbound;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.model.Parsed;
import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.files.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The known host keys of targets, from all files. Changed files are read again, and keys that
 * another process added or removed are logged. For all threads.
 */
final class KnownHosts {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  private final AuditLog audit;
  private final KnownHostsFile remembered;
  private final List<Source> sources = new ArrayList<>();

  /** Guards the sources. */
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * A line and its file.
   *
   * @param file for messages
   */
  record Entry(KnownHostsLine line, Path file) {}

  /**
   * @throws IOException when a file cannot be read; the message says which and what to do
   */
  KnownHosts(TargetSettings settings, Path stateDir, AuditLog audit) throws IOException {
    this.audit = audit;
    this.remembered = KnownHostsFile.remembered(stateDir);
    Source ours = new Source(remembered.path(), Owner.SERVER, remembered::read);
    ours.refresh();
    sources.add(ours);
    sources.addAll(prepare(settings).sources());
  }

  /** The operator's files, already read. */
  record Prepared(List<Source> sources) {}

  /**
   * Reads the files of other settings.
   *
   * @throws IOException when one cannot be read; the message says which and what to do
   */
  static Prepared prepare(TargetSettings settings) throws IOException {
    List<Source> files = new ArrayList<>();
    for (Path file : settings.knownHostsFiles()) {
      files.add(new Source(file, Owner.OPERATOR, new KnownHostsFile(file)::read));
    }
    for (Path file : settings.hostCas()) {
      files.add(new Source(file, Owner.OPERATOR, () -> authorities(file)));
    }
    for (Source source : files) {
      source.refresh();
    }
    return new Prepared(files);
  }

  /** Uses these files from now on, besides the remembered keys. */
  void apply(Prepared other) {
    lock.lock();
    try {
      for (Source source : sources) {
        tellIfChanged(source);
      }
      Source ours = sources.getFirst();
      sources.clear();
      sources.add(ours);
      sources.addAll(other.sources());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Logs a change that another process made since the file was last read, before the file is
   * replaced.
   */
  private void tellIfChanged(Source source) {
    try {
      source.refresh().ifPresent(this::tell);
    } catch (IOException e) {
      LOG.warn("{} cannot be read any more", source.file, e);
    }
  }

  Path remembered() {
    return remembered.path();
  }

  /**
   * All known keys at present.
   *
   * @throws IOException when a file cannot be read any more; then no target may be trusted, because
   *     the file may be the one that revokes a key
   */
  List<Entry> entries() throws IOException {
    lock.lock();
    try {
      List<Entry> entries = new ArrayList<>();
      for (Source source : sources) {
        source.refresh().ifPresent(this::tell);
        source.lines.forEach(line -> entries.add(new Entry(line, source.file)));
      }
      return entries;
    } finally {
      lock.unlock();
    }
  }

  /** Writes what must be on disk before a key is remembered. */
  interface Before {
    void commit() throws AuditUnavailableException;
  }

  /**
   * Remembers a key, durably.
   *
   * @param before run first; when it fails, nothing is remembered
   * @return false when a key of the host was added meanwhile; then the caller must decide again
   */
  boolean remember(List<HostName> names, HostKey key, Before before)
      throws IOException, AuditUnavailableException {
    lock.lock();
    try {
      Source source = sources.getFirst();
      source.refresh().ifPresent(this::tell);
      if (source.lines.stream()
          .filter(line -> line.marker() == KnownHostsLine.Marker.HOST)
          .anyMatch(line -> names.stream().anyMatch(line::isAbout))) {
        return false;
      }
      before.commit();
      String text = KnownHostsLine.of(names, key);
      remembered.add(text);
      // Our own change must not be logged as another process's.
      source.expect(new KnownHostsLine(KnownHostsLine.Marker.HOST, text.split(" ")[0], key));
      source.refresh().ifPresent(this::tell);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void tell(Change change) {
    LOG.info(
        "{} changed: {} added, {} removed",
        change.file(),
        change.added().size(),
        change.removed().size());
    AuditEvent event =
        new AuditEvent.TargetKnownHostsChanged(Instant.now(), change.added(), change.removed());
    audit.append(event);
  }

  private static List<KnownHostsLine> authorities(Path file) throws IOException {
    List<KnownHostsLine> keys = new ArrayList<>();
    List<String> lines = KnownHostsFile.lines(file);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        String[] words = line.split("[ \t]+", 3);
        Parsed<HostKey> key =
            words.length < 2
                ? new Parsed.Malformed<>("is not: type of the key, key in base64")
                : HostKey.parse(words[0], words[1]);
        keys.add(
            switch (key) {
              case Parsed.Valid<HostKey>(HostKey ca) ->
                  new KnownHostsLine(KnownHostsLine.Marker.AUTHORITY, "*", ca);
              case Parsed.Malformed<HostKey>(String reason) ->
                  throw new IOException(
                      "%s: line %d %s: it must be a public key, as ssh-keygen writes it in a .pub file"
                          .formatted(file, i + 1, reason));
            });
      }
    }
    if (keys.isEmpty()) {
      throw new IOException(file + " holds no public key of a host CA");
    }
    return keys;
  }

  /** The owner of a file. */
  private enum Owner {
    /**
     * A file of the operator's. It must exist, and only the operator may be able to change it,
     * because it decides which targets are trusted.
     */
    OPERATOR,
    /**
     * The server's own file, in the state folder, whose permissions are checked at the start. It
     * does not exist until it is needed.
     */
    SERVER
  }

  private interface Reading {
    List<KnownHostsLine> read() throws IOException;
  }

  private record Change(Path file, List<String> added, List<String> removed) {}

  /** Identifies one state of a file. */
  private record Stamp(Instant modified, long size, Object identity) {}

  /** One file with the lines that were read last. */
  private static final class Source {
    private final Path file;
    private final Owner owner;
    private final Reading reading;
    private Optional<Stamp> stamp = Optional.empty();
    private boolean read;
    private List<KnownHostsLine> lines = List.of();

    Source(Path file, Owner owner, Reading reading) {
      this.file = file;
      this.owner = owner;
      this.reading = reading;
    }

    void expect(KnownHostsLine line) {
      List<KnownHostsLine> more = new ArrayList<>(lines);
      more.add(line);
      lines = more;
    }

    /** Reads the file again if it changed; empty if it did not. */
    Optional<Change> refresh() throws IOException {
      Optional<Stamp> now = stamp();
      if (read && now.equals(stamp)) {
        return Optional.empty();
      }
      List<KnownHostsLine> before = lines;
      boolean first = !read;
      lines = reading.read();
      stamp = now;
      read = true;
      Change change = new Change(file, without(lines, before), without(before, lines));
      return first || (change.added().isEmpty() && change.removed().isEmpty())
          ? Optional.empty()
          : Optional.of(change);
    }

    private static List<String> without(List<KnownHostsLine> some, List<KnownHostsLine> others) {
      return some.stream()
          .filter(line -> !others.contains(line))
          .map(KnownHostsLine::shown)
          .toList();
    }

    private Optional<Stamp> stamp() throws IOException {
      return switch (owner) {
        case OPERATOR -> Optional.of(stamp(trusted(file)));
        case SERVER -> {
          try {
            yield Optional.of(stamp(file));
          } catch (NoSuchFileException missing) {
            yield Optional.empty();
          }
        }
      };
    }

    private static Path trusted(Path file) throws IOException {
      try {
        return TrustedPaths.ofOperator((where, what) -> LOG.warn("{}: {}", where, what)).file(file);
      } catch (UnusableFileException e) {
        throw new IOException(e.getMessage(), e);
      }
    }

    private Stamp stamp(Path at) throws IOException {
      BasicFileAttributes now = Files.readAttributes(at, BasicFileAttributes.class);
      return new Stamp(
          now.lastModifiedTime().toInstant(),
          now.size(),
          Objects.requireNonNullElse(now.fileKey(), file));
    }
  }
}
