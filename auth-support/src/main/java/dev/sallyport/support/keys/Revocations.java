package dev.sallyport.support.keys;

import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.files.FileFormat;
import dev.sallyport.support.files.FilePath;
import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.files.WatchedFiles;
import dev.sallyport.support.reports.FileReports;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Files that say what must not log in any more, as sshd's RevokedKeys. While one of them cannot be
 * used, nobody knows whom it would keep out, so everybody is. Safe for all threads; waits for the
 * disk.
 */
public final class Revocations {
  /** Most bytes of files that are kept; lists beyond it are read anew at every question. */
  private static final long MOST_BYTES = 2L * RevocationList.LARGEST;

  private static final FileFormat<RevocationList> FORMAT =
      new FileFormat<>(
          "list of revoked keys",
          "until it is fixed, nobody can log in with the keys and certificates that it covers",
          RevocationList.LARGEST,
          MOST_BYTES,
          (_, content) ->
              switch (RevocationList.read(content)) {
                case RevocationList.Whole(RevocationList list) ->
                    new FileFormat.Whole<>(list, List.of());
                case RevocationList.Broken(String what) -> new FileFormat.Useless<>(what);
              });

  private final List<Path> paths;
  private final WatchedFiles<RevocationList> files;

  /** What they say. */
  public sealed interface Answer {}

  /** Nothing against the key. */
  public record NotRevoked() implements Answer {}

  /**
   * It must not log in.
   *
   * @param reason a sentence without a full stop
   */
  public record Revoked(String reason) implements Answer {}

  /**
   * A list cannot be used. Nobody may log in; whether who is in must go, nobody knows.
   *
   * @param reason a sentence without a full stop
   */
  public record Unknown(String reason) implements Answer {}

  /**
   * @param paths absolute; none when nothing can be revoked
   */
  public Revocations(
      List<Path> paths, TrustedPaths trusted, FileReports reports, InstantSource clock) {
    this.paths = List.copyOf(paths);
    this.files = new WatchedFiles<>(trusted, reports, clock, FORMAT);
  }

  /** Reads all of them, so that the operator hears at the start of what is wrong. */
  public void inspect() {
    paths.forEach(files::read);
  }

  /** Whether the key, or the certificate, its key or its authority, is revoked. */
  public Answer ask(OfferedKey key) {
    Answer answer = new NotRevoked();
    for (Path path : paths) {
      switch (files.read(path)) {
        case WatchedFiles.Usable<RevocationList>(RevocationList list) -> {
          var why = list.revokes(key);
          if (why.isPresent()) {
            return new Revoked(why.get() + " (" + path + ")");
          }
        }
        case WatchedFiles.Absent<RevocationList> _ ->
            answer = new Unknown("the list of revoked keys " + path + " is not there");
        case WatchedFiles.Unusable<RevocationList>(String why) ->
            answer = new Unknown("a list of revoked keys cannot be used: " + why);
      }
    }
    return answer;
  }

  /**
   * The verdict of a login: an accepted key is refused when it is revoked, and when that cannot be
   * told.
   */
  public Verdict narrow(Verdict verdict, OfferedKey key) {
    if (!(verdict instanceof Verdict.Accepted)) {
      return verdict;
    }
    return switch (ask(key)) {
      case NotRevoked _ -> verdict;
      case Revoked(String reason) -> new Verdict.Refused(reason);
      case Unknown(String reason) -> new Verdict.Refused(reason);
    };
  }

  /**
   * The verdict on a connection that lives: ssh-keygen writes a list in place, so a list that is
   * cut for a moment must not end every connection there is.
   *
   * @throws UnknownRevocationException when it cannot be told
   */
  public Verdict recheck(Verdict verdict, OfferedKey key) throws UnknownRevocationException {
    if (!(verdict instanceof Verdict.Accepted)) {
      return verdict;
    }
    return switch (ask(key)) {
      case NotRevoked _ -> verdict;
      case Revoked(String reason) -> new Verdict.Refused(reason);
      case Unknown(String reason) -> throw new UnknownRevocationException(reason);
    };
  }

  /** Reads the paths of a plugin's setting, and tells what is wrong with it. */
  public static List<Path> paths(PluginSettings settings, String key) {
    List<Path> paths = new ArrayList<>();
    for (String text : settings.strings(key).orElse(List.of())) {
      FilePath.parse(text, wrong -> settings.fault(key, "\"" + text + "\" " + wrong))
          .ifPresent(paths::add);
    }
    return paths;
  }
}
