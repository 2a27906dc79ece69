package dev.sallyport.audit;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** An event about recordings. */
public sealed interface RecordingEvent extends AuditEvent {

  /** An event about the recording of one session. */
  sealed interface OfSession extends RecordingEvent, AuditEvent.OfConnection {
    SessionFacts session();
  }

  /**
   * A recording's folder and first manifest are on disk.
   *
   * @param path the folder's
   */
  record RecordingStarted(
      Instant at, AuditEvent.Connection connection, SessionFacts session, String path)
      implements OfSession {}

  /**
   * A recording has its end and will not change any more.
   *
   * @param path the folder's
   * @param sha256 of each file's bytes by its name, lower-case hexadecimal
   * @param bytes of all files together
   * @param truncated whether its end is missing, because the bastion was killed or the disk failed
   * @param unkept bytes that passed and are in no file, by what they were: {@code stdin}, {@code
   *     stdout} or {@code stderr}, {@code input} or {@code output} of a terminal, or {@code files},
   *     which are told one by one
   * @param reason why the session ended
   */
  record RecordingFinalised(
      Instant at,
      AuditEvent.Connection connection,
      SessionFacts session,
      String path,
      Map<String, String> sha256,
      long bytes,
      boolean truncated,
      SortedMap<String, Long> unkept,
      String reason)
      implements OfSession {
    public RecordingFinalised {
      sha256 = Map.copyOf(sha256);
      unkept = new TreeMap<>(unkept);
    }

    /** Whether every byte that passed is in the recording. */
    boolean isComplete() {
      return !truncated && unkept.isEmpty();
    }
  }

  /**
   * A session cannot be recorded, or not any further.
   *
   * @param sessionGoesOn whether it does all the same, because the rule asks for best effort
   */
  record RecordingFailed(
      Instant at,
      AuditEvent.Connection connection,
      SessionFacts session,
      String reason,
      boolean sessionGoesOn)
      implements OfSession {}

  /**
   * A recording was removed, for its age or for the space it took.
   *
   * @param id the session's
   * @param path the folder's
   * @param sha256 of its manifest, lower-case hexadecimal; empty when it had none that could be
   *     read
   */
  record RecordingRemoved(Instant at, String id, String path, String sha256, String reason)
      implements RecordingEvent {}

  /**
   * Somebody looked into a recording, on the bastion.
   *
   * @param operator the user of the machine
   * @param behalf on whose behalf, as {@code sudo} says: the operator's own word
   * @param id the session's
   * @param path the folder's
   * @param how such as {@code play}
   */
  record RecordingRead(
      Instant at, String operator, Optional<String> behalf, String id, String path, String how)
      implements RecordingEvent {}

  /**
   * The free space fell below the reserve, so that no recorded session starts; or it is above it
   * again.
   *
   * @param freeBytes on the recordings' file system
   * @param reserveBytes that must stay free
   * @param low whether it is below
   */
  record RecordingsSpace(Instant at, long freeBytes, long reserveBytes, boolean low)
      implements RecordingEvent {}
}
