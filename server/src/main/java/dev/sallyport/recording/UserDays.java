package dev.sallyport.recording;

import dev.sallyport.audit.SafeJson;
import dev.sallyport.model.Parsed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk space of each user's recordings of a day, which is read from the manifests after a
 * restart. For all threads; the first query of a day waits until its recordings are read.
 */
final class UserDays {
  private static final Logger LOG = LoggerFactory.getLogger(UserDays.class);

  private final Folders folders;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicLong all = new AtomicLong();

  /** By day and by the user's name in the manifest. Guarded by lock. */
  private final Map<LocalDate, Map<String, UserDay>> days = new HashMap<>();

  UserDays(Folders folders) {
    this.folders = folders;
  }

  /** The disk space of the recordings that a user began on that day. */
  UserDay of(String user, LocalDate day) {
    lock.lock();
    try {
      return user(days.computeIfAbsent(day, this::read), SafeJson.bounded(user), day);
    } finally {
      lock.unlock();
    }
  }

  /**
   * @param user the name in the manifest
   */
  private UserDay user(Map<String, UserDay> users, String user, LocalDate day) {
    return users.computeIfAbsent(user, name -> new UserDay(name, day, all));
  }

  /** Bytes by which recordings have grown since the start. */
  long grown() {
    return all.get();
  }

  private Map<String, UserDay> read(LocalDate day) {
    Map<String, UserDay> users = new HashMap<>();
    try {
      for (Path recording : folders.recordings(day)) {
        read(recording, users, day);
      }
    } catch (IOException e) {
      LOG.error("recordings of {} do not count for recording.user-max: {}", day, Faults.text(e));
    }
    return users;
  }

  /**
   * A recording that cannot be read, or names no user, is not counted; retention logs what is
   * wrong.
   */
  private void read(Path recording, Map<String, UserDay> users, LocalDate day) {
    try {
      switch (Manifest.read(recording)) {
        case Parsed.Valid<Manifest>(Manifest manifest) ->
            user(users, manifest.session().user(), day).found(taken(recording, manifest));
        case Parsed.Malformed<Manifest> broken -> {}
      }
    } catch (IOException e) {
      LOG.debug("{} is counted for no user", recording, e);
    }
  }

  /** Its space before compression; for one that a crash left, its present space. */
  private static long taken(Path recording, Manifest manifest) throws IOException {
    long bytes = Blocks.FOLDER;
    if (manifest.ending().isPresent()) {
      bytes += Blocks.of(Files.size(recording.resolve(Manifest.FILE)));
      for (Manifest.FileFacts facts : manifest.ending().get().files().values()) {
        bytes += Blocks.of(facts.bytes());
      }
      return bytes;
    }
    for (Path file : Folders.files(recording)) {
      try {
        bytes += Blocks.of(Files.size(file));
      } catch (NoSuchFileException replaced) {
        // The manifest was replaced by its successor.
      }
    }
    return bytes;
  }

  /** Forgets the days before that one, on which no session begins any more. */
  void forgetBefore(LocalDate day) {
    lock.lock();
    try {
      days.keySet().removeIf(other -> other.isBefore(day));
    } finally {
      lock.unlock();
    }
  }
}
