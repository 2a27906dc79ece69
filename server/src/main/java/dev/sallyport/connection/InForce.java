package dev.sallyport.connection;

import dev.sallyport.auth.Authenticator;
import dev.sallyport.auth.RecheckSettings;
import dev.sallyport.policy.DecisionPoint;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.server.ServerFactoryManager;

/**
 * What one configuration says to connections. A reload puts another in its place as a whole. Who
 * logs in keeps the one that the login began with, so that it does not see half of each; decisions
 * are made by the one that is in force at that time. Safe for all threads.
 */
public final class InForce {
  private final ConnectionSettings settings;
  private final Authenticator authenticator;
  private final RecheckSettings recheck;
  private final DecisionPoint decisions;
  private final HostKeyRotation rotation;
  private final ServerFactoryManager manager;
  private final Runnable whenUnused;

  /** Logins and questions under way, and one while it is in force. */
  private final AtomicInteger users = new AtomicInteger(1);

  /**
   * Begins, in force.
   *
   * @param whenUnused called once when another is in force and nobody asks its plugins any more:
   *     closes them; on a thread of its own
   */
  public InForce(
      ConnectionSettings settings,
      HostKeys hostKeys,
      Authenticator authenticator,
      RecheckSettings recheck,
      DecisionPoint decisions,
      Runnable whenUnused) {
    this.settings = settings;
    this.authenticator = authenticator;
    this.recheck = recheck;
    this.decisions = decisions;
    this.rotation = new HostKeyRotation(hostKeys);
    this.manager = ClientConnectionFactory.manager(settings, hostKeys);
    this.whenUnused = whenUnused;
  }

  ConnectionSettings settings() {
    return settings;
  }

  Authenticator authenticator() {
    return authenticator;
  }

  RecheckSettings recheck() {
    return recheck;
  }

  /** Where requests are decided. */
  public DecisionPoint decisions() {
    return decisions;
  }

  HostKeyRotation rotation() {
    return rotation;
  }

  ServerFactoryManager manager() {
    return manager;
  }

  /** False when its plugins may be closed already; otherwise {@link #release} follows. */
  boolean use() {
    return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  /** Whoever used it is done; for the server, another is in force. */
  void release() {
    if (users.decrementAndGet() == 0) {
      Thread.ofVirtual().name("close-plugins").start(whenUnused);
    }
  }
}
