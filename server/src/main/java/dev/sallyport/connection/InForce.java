package dev.sallyport.connection;

import dev.sallyport.auth.Authenticator;
import dev.sallyport.auth.RecheckSettings;
import dev.sallyport.policy.DecisionPoint;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One configuration, as far as it concerns connections. A reload replaces it as a whole. A login
 * uses the one that it began with, so that it never mixes two; decisions use the one in force at
 * that time. Safe for all threads.
 */
public final class InForce {
  private final ConnectionSettings settings;
  private final Authenticator authenticator;
  private final RecheckSettings recheck;
  private final DecisionPoint decisions;
  private final HostKeyRotation rotation;
  private final HostKeys hostKeys;
  private final Runnable whenUnused;

  /** The number of logins and plugin questions in progress, plus one while it is in force. */
  private final AtomicInteger users = new AtomicInteger(1);

  /**
   * Begins in force.
   *
   * @param whenUnused called once, on a thread of its own, when another configuration is in force
   *     and the plugins are not used any more: closes them
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
    this.hostKeys = hostKeys;
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

  /** The decision point for users' requests. */
  public DecisionPoint decisions() {
    return decisions;
  }

  HostKeyRotation rotation() {
    return rotation;
  }

  HostKeys hostKeys() {
    return hostKeys;
  }

  /** Keeps the plugins open until {@link #release}. False when they may be closed already. */
  boolean use() {
    return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  /** Ends a use. The server calls it once when another configuration is in force. */
  void release() {
    if (users.decrementAndGet() == 0) {
      Thread.ofVirtual().name("close-plugins").start(whenUnused);
    }
  }
}
