package dev.sallyport.plugins.ec2;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.Known;
import dev.sallyport.spi.KnownUsers;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.NetworkSource;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.keys.UserName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Asks for the launch key first, which is kept, and then for the keys of EC2 Instance Connect. When
 * the service does not answer, a login goes on to the next plugin: this one refuses nobody whom
 * another knows, and lets in nobody without the service.
 */
final class Ec2Plugin implements AuthPlugin {
  private final MetadataClient metadata;
  private final Set<String> launchKeyUsers;
  private final LaunchKeys launchKeys;
  private final Optional<RecentAnswers> instanceConnect;
  private final AcceptedLogins accepted;
  private final VpcNetworks networks;
  private final Consumer<String> problems;

  /**
   * @param launchKeyUsers who may log in with the launch key
   * @param instanceConnect nothing when its keys let nobody in
   * @param accepted outlives the plugin, which a new one replaces when the configuration is loaded
   *     again
   */
  Ec2Plugin(
      MetadataClient metadata,
      Set<String> launchKeyUsers,
      LaunchKeys launchKeys,
      Optional<RecentAnswers> instanceConnect,
      AcceptedLogins accepted,
      VpcNetworks networks,
      Consumer<String> problems) {
    this.metadata = metadata;
    this.launchKeyUsers = Set.copyOf(launchKeyUsers);
    this.launchKeys = launchKeys;
    this.instanceConnect = instanceConnect;
    this.accepted = accepted;
    this.networks = networks;
    this.problems = problems;
  }

  @Override
  public Verdict publicKey(LoginAttempt attempt, OfferedKey key) throws InterruptedException {
    Optional<UserName> user = UserName.of(attempt.user());
    if (user.isEmpty()) {
      return new Verdict.Unclaimed();
    }
    Optional<Verdict> verdict = Optional.empty();
    try {
      verdict = byLaunchKey(user.get(), key);
    } catch (MetadataException told) {
      // Instance Connect may have the key all the same.
    }
    try {
      return verdict.isPresent()
          ? verdict.get()
          : byInstanceConnect(user.get(), attempt, key).orElseGet(Verdict.Unclaimed::new);
    } catch (MetadataException e) {
      problems.accept(e.getMessage() + "; nobody can log in with EC2 Instance Connect meanwhile");
      return new Verdict.Unclaimed();
    }
  }

  @Override
  public List<Known> known(LoginAttempt attempt) throws MetadataException, InterruptedException {
    Optional<UserName> user = UserName.of(attempt.user());
    if (user.isEmpty()) {
      return List.of(new Known.Fact("no key can belong to a user of this name"));
    }
    List<Known> known = new ArrayList<>();
    if (launchKeyUsers.contains(user.get().text())) {
      known.addAll(launchKeys.current().known(user.get()));
    } else {
      known.add(new Known.Fact("the launch key is not for this user (launch-key-users)"));
    }
    if (instanceConnect.isPresent()) {
      List<ConnectKey> sent = instanceConnect.get().keys(user.get());
      sent.forEach(one -> one.known().ifPresent(known::add));
      if (sent.isEmpty()) {
        known.add(
            new Known.Fact("EC2 Instance Connect has no key of this user; one lives for 60 s"));
      }
    }
    return known;
  }

  /** The launch key's users are a guess unless the operator wrote them, so they are not named. */
  @Override
  public KnownUsers users() {
    return new KnownUsers(Set.of(), false, false);
  }

  private Optional<Verdict> byLaunchKey(UserName user, OfferedKey key)
      throws MetadataException, InterruptedException {
    return launchKeyUsers.contains(user.text())
        ? launchKeys.current().verdict(key, user)
        : Optional.empty();
  }

  private Optional<Verdict> byInstanceConnect(UserName user, LoginAttempt attempt, OfferedKey key)
      throws MetadataException, InterruptedException {
    if (instanceConnect.isEmpty()) {
      return Optional.empty();
    }
    for (ConnectKey one : instanceConnect.get().keys(user, key)) {
      Optional<Verdict> verdict = one.verdict(key, user.text(), attempt.at());
      if (verdict.isPresent()) {
        if (verdict.get() instanceof Verdict.Accepted welcome) {
          accepted.add(user.text(), key, welcome);
        }
        return verdict;
      }
    }
    return Optional.empty();
  }

  /**
   * The launch key first, as at a login: what Instance Connect said of the same key once must not
   * stand before it, because nobody takes that back. A key of Instance Connect lives for a minute,
   * and gives the right to begin, not to go on; so what it let in is remembered, also while the
   * service is silent about the launch key.
   */
  @Override
  public Verdict recheck(LoginAttempt attempt, OfferedKey key)
      throws MetadataException, InterruptedException {
    Optional<UserName> user = UserName.of(attempt.user());
    if (user.isEmpty()) {
      return new Verdict.Unclaimed();
    }
    Optional<Verdict> remembered =
        instanceConnect.flatMap(_ -> accepted.of(user.get().text(), key));
    try {
      Optional<Verdict> known = byLaunchKey(user.get(), key).or(() -> remembered);
      return known.isPresent()
          ? known.get()
          : byInstanceConnect(user.get(), attempt, key).orElseGet(Verdict.Unclaimed::new);
    } catch (MetadataException outage) {
      if (remembered.isPresent()) {
        return remembered.get();
      }
      throw outage;
    }
  }

  @Override
  public Optional<NetworkSource> networkSource() {
    return Optional.of(networks);
  }

  @Override
  public void close() {
    metadata.close();
  }
}
