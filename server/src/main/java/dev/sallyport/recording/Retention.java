package dev.sallyport.recording;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.RecordingEvent;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Sha256;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes recordings that are too old and, when all together take too much space, the oldest ones
 * of the largest users. Recordings that have not ended, or that ended less than {@code
 * recording.min-age} ago, are never removed: they are evidence, and a user must not be able to have
 * them removed by producing much output. So when there is too much and nothing may be removed, no
 * new recorded session starts. A recording that cannot be removed does not stop the removal of
 * others. For one thread, except {@link #room} and {@link #full}.
 */
final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private final Folders folders;
  private final Supplier<RecordingSettings> current;
  private final AuditLog audit;
  private final LongSupplier grown;
  private final Predicate<String> isLive;
  private final BooleanSupplier isStopping;

  /** The result of the last sweep; empty before the first. */
  private volatile Optional<Looked> looked = Optional.empty();

  /**
   * @param lasting bytes of recordings that must be kept
   * @param grown the value of {@code grown} at that time
   */
  private record Looked(long lasting, long grown) {}

  /** Folders that could not be read or removed, each of which is logged once. */
  private final Set<Path> left = new HashSet<>();

  /** Those of them that the audit log calls removed, each of which is logged once. */
  private final Set<Path> told = new HashSet<>();

  /**
   * @param current the current settings
   * @param grown bytes by which recordings have grown since the start
   * @param isLive whether the recording with an id has not ended, or is not final
   * @param isStopping whether to stop removing, and reading after the current day, because there
   *     may be many thousands
   */
  Retention(
      Folders folders,
      Supplier<RecordingSettings> current,
      AuditLog audit,
      LongSupplier grown,
      Predicate<String> isLive,
      BooleanSupplier isStopping) {
    this.folders = folders;
    this.current = current;
    this.audit = audit;
    this.grown = grown;
    this.isLive = isLive;
    this.isStopping = isStopping;
  }

  /**
   * Bytes by which recordings may grow until nothing more can be removed for them; {@link
   * Long#MAX_VALUE} without a limit, or before the first sweep.
   */
  long room() {
    long most = current.get().maxBytes();
    return most == 0
        ? Long.MAX_VALUE
        : looked
            .map(then -> Math.max(0, most - then.lasting() - (grown.getAsLong() - then.grown())))
            .orElse(Long.MAX_VALUE);
  }

  /** Why no recording may begin; empty when one may. */
  Optional<Bound> full() {
    RecordingSettings settings = current.get();
    return room() > 0
        ? Optional.empty()
        : Optional.of(
            new Bound(
                "all recordings take recording.max-size, %s, and none may be removed that ended"
                        .formatted(SizeText.of(settings.maxBytes()))
                    + " less than "
                    + text(settings.minAge())
                    + " ago",
                "there is no room for more recordings, and those that are there must be kept"));
  }

  /**
   * A recording that is not live.
   *
   * @param user its user; empty when the manifest does not say
   */
  private record Candidate(Path folder, String user, Instant begin, Instant end) {
    boolean mayBeRemoved(Instant now, Duration minAge) {
      return end.isBefore(now.minus(minAge));
    }
  }

  /**
   * Removes recordings that must not be kept any longer.
   *
   * @throws AuditUnavailableException when a removal cannot be logged; then nothing more is removed
   */
  void sweep(Instant now) throws IOException, AuditUnavailableException {
    RecordingSettings settings = current.get();
    if (!settings.maxAge().isZero()) {
      removeOld(now, settings.maxAge());
    }
    if (settings.maxBytes() > 0) {
      removeBeyond(now, settings);
    }
  }

  private void removeOld(Instant now, Duration maxAge)
      throws IOException, AuditUnavailableException {
    Instant limit = now.minus(maxAge);
    LocalDate last = LocalDate.ofInstant(limit, ZoneOffset.UTC);
    for (LocalDate day : folders.days()) {
      if (day.isAfter(last) || isStopping.getAsBoolean()) {
        return;
      }
      for (Candidate candidate : candidates(day)) {
        if (candidate.end().isBefore(limit) && !isStopping.getAsBoolean()) {
          remove(now, candidate, "it ended more than " + text(maxAge) + " ago");
        }
      }
      prune(now, day);
    }
  }

  private static String text(Duration age) {
    return age.toDays() > 0 ? age.toDays() + " days" : age.toSeconds() + " seconds";
  }

  private void removeBeyond(Instant now, RecordingSettings settings)
      throws IOException, AuditUnavailableException {
    List<LocalDate> days = folders.days();
    Shares shares = new Shares();
    long grownBefore = grown.getAsLong();
    for (LocalDate day : days) {
      if (isStopping.getAsBoolean()) {
        return;
      }
      for (Path recording : recordings(day)) {
        Candidate candidate = candidate(day, recording);
        shares.add(
            candidate.user(),
            size(recording),
            !isLive(recording) && candidate.mayBeRemoved(now, settings.minAge()));
      }
    }
    looked = Optional.of(new Looked(shares.lasting(), grownBefore));
    shares.limit(settings.maxBytes());
    remove(now, settings, days, shares);
    shares.round();
    remove(now, settings, days, shares);
  }

  private void remove(Instant now, RecordingSettings settings, List<LocalDate> days, Shares shares)
      throws AuditUnavailableException {
    String reason = "all recordings took more than " + SizeText.of(settings.maxBytes());
    for (LocalDate day : days) {
      if (!shares.isTooMuch() || isStopping.getAsBoolean()) {
        return;
      }
      for (Candidate candidate : candidates(day)) {
        long bytes = size(candidate.folder());
        if (candidate.mayBeRemoved(now, settings.minAge())
            && !isStopping.getAsBoolean()
            && shares.mustGo(candidate.user(), bytes)) {
          remove(now, candidate, reason);
          shares.removed(candidate.user(), bytes - size(candidate.folder()));
        }
      }
      prune(now, day);
    }
  }

  private List<Path> recordings(LocalDate day) {
    try {
      return folders.recordings(day);
    } catch (IOException e) {
      leave(folders.folder(day), e);
      return List.of();
    }
  }

  private long size(Path recording) {
    try {
      return Folders.size(recording);
    } catch (IOException e) {
      leave(recording, e);
      return 0;
    }
  }

  /**
   * Leaves a recording that could not be removed, so that others follow. Each sweep tries it again.
   */
  private void leave(Path folder, IOException fault) {
    if (left.add(folder)) {
      LOG.error(
          "{} is due to be removed and could not be; retried later: {}",
          folder,
          Faults.text(fault));
    }
  }

  private boolean isLive(Path recording) {
    return isLive.test(Folders.nameOf(recording));
  }

  /** The recordings of a day that may be removed, oldest first. */
  private List<Candidate> candidates(LocalDate day) {
    return recordings(day).stream()
        .filter(folder -> !isLive(folder))
        .map(folder -> candidate(day, folder))
        .sorted(Comparator.comparing(Candidate::begin))
        .toList();
  }

  /** A recording whose manifest cannot be read counts as ended at the end of its day. */
  private static Candidate candidate(LocalDate day, Path folder) {
    Instant endOfDay = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    try {
      return switch (Manifest.read(folder)) {
        case Parsed.Valid<Manifest>(Manifest manifest) ->
            new Candidate(
                folder,
                manifest.session().user(),
                manifest.begin(),
                manifest.ending().map(Manifest.Ending::at).orElse(endOfDay));
        case Parsed.Malformed<Manifest> broken -> new Candidate(folder, "", endOfDay, endOfDay);
      };
    } catch (IOException unreadable) {
      return new Candidate(folder, "", endOfDay, endOfDay);
    }
  }

  private void remove(Instant now, Candidate candidate, String reason)
      throws AuditUnavailableException {
    Path folder = candidate.folder();
    String id = Folders.nameOf(folder);
    if (!told.contains(folder)) {
      audit.commit(
          new RecordingEvent.RecordingRemoved(
              now, id, folder.toString(), hash(folder.resolve(Manifest.FILE)), reason));
      told.add(folder);
    }
    try {
      Folders.remove(folder);
      told.remove(folder);
      LOG.info("removed recording {}: {}", id, reason);
    } catch (IOException e) {
      leave(folder, e);
    }
  }

  private static String hash(Path manifest) {
    try {
      return Sha256.of(manifest);
    } catch (IOException none) {
      return "";
    }
  }

  /**
   * Removes the empty folders of a past day. Today's and yesterday's stay, because a session may be
   * starting in them.
   */
  private void prune(Instant now, LocalDate day) {
    LocalDate yesterday = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1);
    Path folder = folders.folder(day);
    while (day.isBefore(yesterday) && !folder.equals(folders.root())) {
      try {
        Files.deleteIfExists(folder);
      } catch (DirectoryNotEmptyException inUse) {
        return;
      } catch (IOException e) {
        leave(folder, e);
        return;
      }
      folder = Objects.requireNonNull(folder.getParent());
    }
  }
}
