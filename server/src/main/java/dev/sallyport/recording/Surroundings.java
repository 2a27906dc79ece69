package dev.sallyport.recording;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.RecordingEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Services that all recordings share.
 *
 * @param current the current settings
 * @param nanoTime as {@link System#nanoTime}
 * @param whenFinal called when a recording is final
 */
record Surroundings(
    AuditLog audit,
    Supplier<RecordingSettings> current,
    InstantSource clock,
    LongSupplier nanoTime,
    Consumer<Recording> whenFinal) {
  RecordingSettings settings() {
    return current.get();
  }

  /** Whether a session continues that cannot be recorded. */
  boolean goesOn() {
    return switch (settings().guarantee()) {
      case STRICT -> false;
      case BEST_EFFORT -> true;
    };
  }

  void isFinal(Recording recording) {
    whenFinal.accept(recording);
  }

  /**
   * Replaces the manifest with the final one, and then logs that, so that the log only attests
   * existing files. After a crash in between, it is logged again.
   *
   * @param manifest with its ending
   * @return hashes by file name, including the manifest's
   */
  Map<String, String> finalise(Path folder, Manifest manifest)
      throws IOException, AuditUnavailableException {
    Manifest.Ending ending = manifest.ending().orElseThrow();
    RecordedFile.Finished file = ManifestFile.write(folder, manifest);
    Map<String, String> hashes = new TreeMap<>(ending.sha256());
    hashes.put(Manifest.FILE, file.sha256());
    audit.commit(
        new RecordingEvent.RecordingFinalised(
            clock.instant(),
            manifest.connection(),
            manifest.session(),
            folder.toString(),
            hashes,
            ending.bytes() + file.bytes(),
            ending.truncated(),
            ending.unkept(),
            ending.reason()));
    return Map.copyOf(hashes);
  }
}
