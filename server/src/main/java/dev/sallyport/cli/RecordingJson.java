package dev.sallyport.cli;

import dev.sallyport.model.IpText;
import dev.sallyport.model.TimeText;
import dev.sallyport.recording.Folders;
import dev.sallyport.recording.Manifest;
import dev.sallyport.review.RecordingIndex;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A recording, as {@code recording list --json} prints it.
 *
 * @param folder where its files are
 * @param fault why nothing more is known; only then
 * @param state {@code ended}, {@code live}, or {@code cut-short} as long as no server has made it
 *     final
 * @param login as whom on the target
 * @param target as the user asked for it
 * @param address that was dialled
 * @param kind {@code terminal}, {@code exec} or {@code subsystem}
 * @param command empty for a shell
 * @param complete whether every byte that passed is in it
 */
record RecordingJson(
    String id,
    String folder,
    Optional<String> fault,
    Optional<String> begin,
    Optional<String> end,
    Optional<String> state,
    Optional<String> user,
    Optional<String> login,
    Optional<String> target,
    Optional<String> address,
    Optional<String> rule,
    Optional<String> connection,
    Optional<String> kind,
    Optional<String> command,
    Optional<Integer> exitStatus,
    Optional<String> exitSignal,
    Optional<Boolean> truncated,
    Optional<Boolean> complete) {
  /**
   * @param isLive whether a recording without an end is under way
   */
  static RecordingJson of(RecordingIndex.Entry entry, Predicate<Manifest> isLive) {
    return switch (entry) {
      case RecordingIndex.Entry.Broken(Path folder, String reason) -> broken(folder, reason);
      case RecordingIndex.Entry.Known(Path folder, Manifest manifest) ->
          known(folder, manifest, isLive.test(manifest));
    };
  }

  private static RecordingJson broken(Path folder, String reason) {
    return new RecordingJson(
        Folders.nameOf(folder),
        folder.toString(),
        Optional.of(reason),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static RecordingJson known(Path folder, Manifest manifest, boolean isLive) {
    TimeText time = TimeText.local();
    Optional<Manifest.Ending> ending = manifest.ending();
    return new RecordingJson(
        Folders.nameOf(folder),
        folder.toString(),
        Optional.empty(),
        Optional.of(time.of(manifest.begin())),
        ending.map(one -> time.of(one.at())),
        Optional.of(ending.isPresent() ? "ended" : isLive ? "live" : "cut-short"),
        Optional.of(manifest.session().user()),
        Optional.of(manifest.session().login()),
        Optional.of(manifest.session().target().shown()),
        Optional.of(IpText.shown(manifest.session().address())),
        Optional.of(manifest.session().rule()),
        Optional.of(manifest.connection().id().toString()),
        manifest.content().map(content -> content.kind().name().toLowerCase(Locale.ROOT)),
        manifest.content().map(Manifest.Content::command),
        ending.flatMap(Manifest.Ending::exitStatus),
        ending.flatMap(Manifest.Ending::exitSignal),
        ending.map(Manifest.Ending::truncated),
        ending.map(Manifest.Ending::isComplete));
  }
}
