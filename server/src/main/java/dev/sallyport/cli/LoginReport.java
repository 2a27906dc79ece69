package dev.sallyport.cli;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a {@link LoginTrial} found.
 *
 * @param source where the user comes from, if the operator said so
 * @param admission what the server that runs says of the source; not asked without one
 * @param sources what each plugin has of the user, in their order
 * @param tried the keys that were tried
 * @param keyGiven whether the operator named the key
 */
record LoginReport(
    String user,
    Optional<InetAddress> source,
    Instant at,
    Optional<LoginTrial.Admission> admission,
    List<LoginTrial.Source> sources,
    List<LoginTrial.Tried> tried,
    boolean keyGiven) {
  LoginReport {
    sources = List.copyOf(sources);
    tried = List.copyOf(tried);
  }

  /** A key with which the user logs in once it is proven; none when the login fails. */
  Optional<LoginTrial.Tried> success() {
    return isTurnedAway()
        ? Optional.empty()
        : tried.stream().filter(LoginTrial.Tried::succeeds).findFirst();
  }

  /** Whether the server that runs turns the login away before it looks at any key. */
  boolean isTurnedAway() {
    return admission
        .map(said ->
            switch (said) {
              case LoginTrial.Asked(List<String> refusals) -> !refusals.isEmpty();
              case LoginTrial.NotAsked(_) -> false;
            })
        .orElse(false);
  }
}
