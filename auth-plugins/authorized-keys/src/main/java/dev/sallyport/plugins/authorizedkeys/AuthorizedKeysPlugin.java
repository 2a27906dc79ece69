package dev.sallyport.plugins.authorizedkeys;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.Known;
import dev.sallyport.spi.KnownUsers;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.files.UnusableFileException;
import dev.sallyport.support.keys.CertificateRules;
import dev.sallyport.support.keys.KeyOwner;
import dev.sallyport.support.keys.Revocations;
import dev.sallyport.support.keys.UnknownRevocationException;
import dev.sallyport.support.keys.UserName;
import java.util.List;
import java.util.Optional;

/**
 * Looks the key up in the user's files, in their order; the first that has it decides. Matching
 * wire encodings takes no cryptography, and a user without a file costs the same walk to the disk
 * as one with.
 */
final class AuthorizedKeysPlugin implements AuthPlugin {
  private final List<FilePattern> patterns;
  private final KeyFiles files;
  private final Revocations revocations;

  AuthorizedKeysPlugin(List<FilePattern> patterns, KeyFiles files, Revocations revocations) {
    this.patterns = List.copyOf(patterns);
    this.files = files;
    this.revocations = revocations;
  }

  /** Tells the operator now what would otherwise show at the first login. */
  void inspect() {
    for (FilePattern pattern : patterns) {
      switch (pattern.kind()) {
        case ONE_USER -> files.inspectFolder(pattern.expected());
        case FOR_ALL -> files.read(pattern, new UserName("0"));
      }
    }
    revocations.inspect();
  }

  @Override
  public void examine() {
    for (FilePattern pattern : patterns) {
      if (pattern.kind() == KeyOwner.ONE_USER) {
        for (UserName user : pattern.users()) {
          files.read(pattern, user);
        }
      }
    }
  }

  @Override
  public List<Known> known(LoginAttempt attempt) {
    Optional<UserName> user = UserName.of(attempt.user());
    return user.isPresent()
        ? new UserKeys(patterns, files).known(user.get())
        : List.of(new Known.Fact("no file can belong to a user of this name"));
  }

  @Override
  public KnownUsers users() {
    return new UserKeys(patterns, files).users();
  }

  @Override
  public Verdict publicKey(LoginAttempt attempt, OfferedKey key) {
    return revocations.narrow(inFiles(attempt, key), key);
  }

  @Override
  public Verdict recheck(LoginAttempt attempt, OfferedKey key)
      throws UnknownRevocationException, UnusableFileException {
    Verdict verdict = inFiles(attempt, key);
    if (verdict instanceof Verdict.Unclaimed) {
      checkFilesOf(attempt);
    }
    return revocations.recheck(verdict, key);
  }

  /** A file that cannot be read at the moment may well have the key. */
  private void checkFilesOf(LoginAttempt attempt) throws UnusableFileException {
    Optional<UserName> user = UserName.of(attempt.user());
    if (user.isPresent()) {
      for (FilePattern pattern : patterns) {
        files.checkUsable(pattern, user.get());
      }
    }
  }

  private Verdict inFiles(LoginAttempt attempt, OfferedKey key) {
    Optional<UserName> user = UserName.of(attempt.user());
    if (user.isEmpty()) {
      return new Verdict.Unclaimed();
    }
    for (FilePattern pattern : patterns) {
      Optional<Verdict> verdict =
          files
              .read(pattern, user.get())
              .flatMap(
                  file -> file.verdict(key, user.get(), CertificateRules.DEFAULT, attempt.at()));
      if (verdict.isPresent()) {
        return verdict.get();
      }
    }
    return new Verdict.Unclaimed();
  }
}
