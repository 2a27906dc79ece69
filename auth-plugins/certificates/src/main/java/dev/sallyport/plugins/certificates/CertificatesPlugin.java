package dev.sallyport.plugins.certificates;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.Known;
import dev.sallyport.spi.KnownUsers;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.files.UnusableFileException;
import dev.sallyport.support.files.WatchedFiles;
import dev.sallyport.support.keys.AuthorityKeys;
import dev.sallyport.support.keys.Certificate;
import dev.sallyport.support.keys.CertificateRules;
import dev.sallyport.support.keys.Revocations;
import dev.sallyport.support.keys.UnknownRevocationException;
import dev.sallyport.support.keys.UserName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lets in who has a certificate of a trusted authority. Of certificates of others it knows nothing;
 * of one of its own it says why not.
 */
final class CertificatesPlugin implements AuthPlugin {
  private final List<Authority> authorities;
  private final Users users;
  private final CertificateRules rules;
  private final AuthorityFiles files;
  private final Revocations revocations;

  CertificatesPlugin(
      List<Authority> authorities,
      Users users,
      CertificateRules rules,
      AuthorityFiles files,
      Revocations revocations) {
    this.authorities = List.copyOf(authorities);
    this.users = users;
    this.rules = rules;
    this.files = files;
    this.revocations = revocations;
  }

  /** Tells the operator now what would otherwise show at the first login. */
  void inspect() {
    authorities.forEach(authority -> files.inspect(authority.file()));
    revocations.inspect();
  }

  @Override
  public List<Known> known(LoginAttempt attempt) {
    List<Known> known = new ArrayList<>();
    Optional<UserName> user = UserName.of(attempt.user());
    Set<String> wanted = user.map(users::principalsOf).orElse(Set.of());
    known.add(
        new Known.Fact(
            wanted.isEmpty()
                ? "no principal is this user, so no certificate lets them in"
                : "a certificate must name the principal "
                    + String.join(" or ", wanted.stream().sorted().toList())));
    authorities.forEach(authority -> known.add(new Known.Fact(trust(authority, wanted))));
    return known;
  }

  private String trust(Authority authority, Set<String> wanted) {
    return switch (files.content(authority.file())) {
      case WatchedFiles.Usable<AuthorityKeys>(AuthorityKeys keys) ->
          authority.file()
              + (wanted.stream().anyMatch(authority.principals()::has)
                  ? " may speak for this user"
                  : " may not speak for this user (principals)")
              + ": "
              + (keys.fingerprints().isEmpty()
                  ? "it has no authority"
                  : String.join(", ", keys.fingerprints()));
      case WatchedFiles.Absent<AuthorityKeys> _ -> authority.file() + " is not there";
      case WatchedFiles.Unusable<AuthorityKeys>(String why) -> why;
    };
  }

  @Override
  public KnownUsers users() {
    boolean addsGroups = authorities.stream().anyMatch(one -> !one.groups().isEmpty());
    return switch (users) {
      case Users.SameName() -> new KnownUsers(Set.of(), false, addsGroups);
      case Users.Listed(var principals) -> new KnownUsers(principals.keySet(), true, addsGroups);
    };
  }

  @Override
  public Verdict publicKey(LoginAttempt attempt, OfferedKey key) {
    return revocations.narrow(certified(attempt, key), key);
  }

  @Override
  public Verdict recheck(LoginAttempt attempt, OfferedKey key)
      throws UnknownRevocationException, UnusableFileException {
    Verdict verdict = certified(attempt, key);
    if (verdict instanceof Verdict.Unclaimed) {
      for (Authority authority : authorities) {
        files.checkUsable(authority.file());
      }
    }
    return revocations.recheck(verdict, key);
  }

  private Verdict certified(LoginAttempt attempt, OfferedKey key) {
    Optional<UserName> user = UserName.of(attempt.user());
    if (!Certificate.is(key) || user.isEmpty()) {
      return new Verdict.Unclaimed();
    }
    return switch (Certificate.read(key)) {
      case Certificate.Broken(String what) ->
          new Verdict.Refused("the certificate cannot be read: " + what);
      case Certificate.Whole(Certificate certificate) ->
          certified(certificate, user.get(), attempt);
    };
  }

  private Verdict certified(Certificate certificate, UserName user, LoginAttempt attempt) {
    List<Authority> trusted =
        authorities.stream()
            .filter(authority -> files.has(authority.file(), certificate.authority()))
            .toList();
    if (trusted.isEmpty()) {
      return new Verdict.Unclaimed();
    }
    return switch (rules.judge(certificate, attempt.at())) {
      case CertificateRules.Invalid(String reason) -> new Verdict.Refused(reason);
      case CertificateRules.Valid(Restrictions restrictions) ->
          accepted(certificate, restrictions, user, trusted);
    };
  }

  /** By the first authority that may speak for a principal that is this user. */
  private Verdict accepted(
      Certificate certificate, Restrictions restrictions, UserName user, List<Authority> trusted) {
    Set<String> wanted = users.principalsOf(user);
    List<String> named = certificate.principals().stream().filter(wanted::contains).toList();
    if (named.isEmpty()) {
      return new Verdict.Refused("the certificate names no principal that is this user");
    }
    for (Authority authority : trusted) {
      if (named.stream().anyMatch(authority.principals()::has)) {
        return new Verdict.Accepted(
            user.text(), authority.groups(), certificate.keyId(), restrictions);
      }
    }
    return new Verdict.Refused(
        "the certificate's authority may not speak for a principal that is this user ("
            + trusted.getFirst().file()
            + ")");
  }
}
