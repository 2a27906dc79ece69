package dev.sallyport.review;

import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Target;
import dev.sallyport.recording.Folders;
import dev.sallyport.recording.Manifest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds recordings, while the server may be writing them. Only reads. */
public final class RecordingIndex {
  private static final Pattern ID_BEGINNING = Pattern.compile("[0-9a-f][0-9a-f-]{0,35}");

  /** So many are named when the beginning of an id fits several. */
  private static final int NAMED = 10;

  private final Folders folders;

  /**
   * @param root {@code <state-dir>/recordings}; need not be there
   */
  public RecordingIndex(Path root) {
    this.folders = new Folders(root);
  }

  /**
   * Which recordings are wanted; what is empty does not matter.
   *
   * @param user the name, exactly
   * @param target what was asked for or dialled
   * @param since those that began then or later, or had not ended then
   * @param until those that began earlier
   */
  public record Query(
      Optional<String> user,
      Optional<WantedTarget> target,
      Optional<Instant> since,
      Optional<Instant> until) {
    private boolean matches(Manifest manifest) {
      return user.map(manifest.session().user()::equals).orElse(true)
          && target.map(wanted -> isTarget(manifest, wanted)).orElse(true)
          && since.map(first -> reaches(manifest, first)).orElse(true)
          && until.map(manifest.begin()::isBefore).orElse(true);
    }

    /** What was still going on is a part of what happened then. */
    private static boolean reaches(Manifest manifest, Instant first) {
      return !manifest.begin().isBefore(first)
          || manifest.ending().map(ending -> !ending.at().isBefore(first)).orElse(true);
    }

    private static boolean isTarget(Manifest manifest, WantedTarget wanted) {
      Target asked = manifest.session().target();
      InetSocketAddress address = manifest.session().address();
      return wanted.matches(
          Stream.of(asked.host(), IpText.format(address.getAddress())),
          Stream.of(Long.toString(asked.port()), Integer.toString(address.getPort())));
    }

    /** A recording is in the folder of the day of its beginning; how long it went on it says. */
    private boolean mayBeOn(LocalDate day) {
      return until
          .map(last -> !day.isAfter(LocalDate.ofInstant(last, ZoneOffset.UTC)))
          .orElse(true);
    }
  }

  /** A recording. */
  public sealed interface Entry {
    /** Where it is. */
    Path folder();

    /** One whose manifest says what it is. */
    record Known(Path folder, Manifest manifest) implements Entry {}

    /**
     * One whose manifest does not. It may be any, so that every search tells it.
     *
     * @param reason continues a sentence that begins with the folder; safe
     */
    record Broken(Path folder, String reason) implements Entry {}
  }

  /** What the beginning of an id leads to. */
  public sealed interface Found {
    /** One recording. */
    record One(Path folder) implements Found {}

    /** None. */
    record None() implements Found {}

    /**
     * Too many.
     *
     * @param ids the first few
     */
    record Several(List<String> ids) implements Found {
      public Several {
        ids = List.copyOf(ids);
      }
    }
  }

  /**
   * Passes on the wanted recordings, the oldest first, with a day of them in memory at a time.
   *
   * @param limit only so many, the newest; then so many are in memory
   * @throws IOException when the folders cannot be read
   */
  public void search(Query query, OptionalInt limit, Consumer<Entry> found) throws IOException {
    if (limit.isEmpty()) {
      for (LocalDate day : folders.days()) {
        wantedOn(day, query).forEach(found);
      }
      return;
    }
    Deque<Entry> newest = new ArrayDeque<>();
    for (LocalDate day : folders.days().reversed()) {
      for (Entry entry : wantedOn(day, query).reversed()) {
        if (newest.size() == limit.getAsInt()) {
          break;
        }
        newest.addFirst(entry);
      }
      if (newest.size() == limit.getAsInt()) {
        break;
      }
    }
    newest.forEach(found);
  }

  private List<Entry> wantedOn(LocalDate day, Query query) throws IOException {
    List<Entry> entries = new ArrayList<>();
    if (query.mayBeOn(day)) {
      for (Path folder : folders.recordings(day)) {
        read(folder).filter(entry -> isWanted(query, entry)).ifPresent(entries::add);
      }
    }
    entries.sort(Comparator.comparing(RecordingIndex::begin));
    return entries;
  }

  private static boolean isWanted(Query query, Entry entry) {
    return switch (entry) {
      case Entry.Known(Path _, Manifest manifest) -> query.matches(manifest);
      case Entry.Broken _ -> true;
    };
  }

  /** Broken ones before the others of their day: nobody knows when they began. */
  private static Instant begin(Entry entry) {
    return switch (entry) {
      case Entry.Known(Path _, Manifest manifest) -> manifest.begin();
      case Entry.Broken _ -> Instant.MIN;
    };
  }

  /**
   * Looks at one recording.
   *
   * @return empty when it was removed meanwhile
   */
  public static Optional<Entry> read(Path folder) {
    try {
      return Optional.of(
          switch (Manifest.read(folder)) {
            case Parsed.Valid<Manifest>(Manifest manifest) -> new Entry.Known(folder, manifest);
            case Parsed.Malformed<Manifest>(String reason) ->
                new Entry.Broken(folder, "its manifest " + reason);
          });
    } catch (NoSuchFileException missing) {
      return folder.toFile().isDirectory()
          ? Optional.of(new Entry.Broken(folder, "its manifest is missing"))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          new Entry.Broken(folder, "its manifest cannot be read: " + e.getClass().getSimpleName()));
    }
  }

  /**
   * Finds a recording by its id, or the beginning of it.
   *
   * @throws IOException when the folders cannot be read
   */
  public Found find(String beginning) throws IOException {
    if (!ID_BEGINNING.matcher(beginning).matches()) {
      return new Found.None();
    }
    List<Path> found = new ArrayList<>();
    for (LocalDate day : folders.days().reversed()) {
      folders.recordings(day).stream()
          .filter(folder -> Folders.nameOf(folder).startsWith(beginning))
          .limit(NAMED)
          .forEach(found::add);
    }
    return switch (found.size()) {
      case 0 -> new Found.None();
      case 1 -> new Found.One(found.getFirst());
      default -> new Found.Several(found.stream().limit(NAMED).map(Folders::nameOf).toList());
    };
  }

  /**
   * Finds the recording that began last.
   *
   * @throws IOException when the folders cannot be read
   */
  public Found latest() throws IOException {
    for (LocalDate day : folders.days().reversed()) {
      Optional<Entry> last =
          folders.recordings(day).stream()
              .map(RecordingIndex::read)
              .flatMap(Optional::stream)
              .max(Comparator.comparing(RecordingIndex::begin));
      if (last.isPresent()) {
        return new Found.One(last.get().folder());
      }
    }
    return new Found.None();
  }
}
