package dev.sallyport;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.SpoolCollector;
import dev.sallyport.audit.Strangers;
import dev.sallyport.auth.Authenticator;
import dev.sallyport.config.Configuration;
import dev.sallyport.config.Loading;
import dev.sallyport.connection.ConnectionServer;
import dev.sallyport.connection.ConnectionSettings;
import dev.sallyport.connection.HostKeys;
import dev.sallyport.forward.Forwards;
import dev.sallyport.gateway.inspect.HostAuthority;
import dev.sallyport.gateway.inspect.InspectSettings;
import dev.sallyport.gateway.inspect.Inspections;
import dev.sallyport.gateway.relay.Gateway;
import dev.sallyport.gateway.target.Targets;
import dev.sallyport.policy.DecisionPoint;
import dev.sallyport.policy.OwnAddresses;
import dev.sallyport.policy.Resolver;
import dev.sallyport.recording.Recordings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The whole server: made of its parts with plain {@code new}, and closed in reverse. */
public final class Bastion implements AutoCloseable {
  /**
   * The part of the heap that clients' unread bytes may take: enough for a thousand forwards in 256
   * MiB.
   */
  private static final int FORWARDS_SHARE_OF_HEAP = 2;

  private final Loading.Loaded loaded;
  private final AuditLog audit;
  private final SpoolCollector spool;
  private final Strangers strangers;
  private final Forwards forwards;
  private final Recordings recordings;
  private final Targets targets;
  private final Inspections inspections;
  private final ConnectionServer connections;
  private final List<InetSocketAddress> listening;

  /**
   * Starts. When this returns, clients are accepted and the audit log says so.
   *
   * @param resolver asked for the names that users ask for
   * @throws IOException when a part cannot start; whatever had started is closed again, and the
   *     message says what to do
   */
  public Bastion(Loading.Loaded loaded, Resolver resolver, String version) throws IOException {
    this.loaded = loaded;
    Configuration configuration = loaded.configuration();
    HostKeys hostKeys =
        HostKeys.load(configuration.hostKeys(), configuration.stateDir().resolve("host-keys"));
    audit = AuditLog.open(configuration.stateDir().resolve("audit"), version);
    spool = new SpoolCollector(configuration.stateDir().resolve("audit"), audit);
    strangers = new Strangers(audit, configuration.audit());
    forwards =
        new Forwards(
            configuration.forwards(),
            audit,
            Runtime.getRuntime().maxMemory() / FORWARDS_SHARE_OF_HEAP);
    recordings =
        Recordings.open(
            configuration.stateDir().resolve("recordings"),
            configuration.recording(),
            audit,
            version);
    targets =
        new Targets(
            configuration.targets(), configuration.credentials(), configuration.stateDir(), audit);
    Gateway gateway =
        new Gateway(targets, recordings, audit, forwards.budget(), configuration.forwards());
    inspections =
        new Inspections(
            new InspectSettings(
                configuration.inspectedNames(),
                configuration.algorithms(),
                configuration.limits().time(),
                configuration.limits().authenticationTries(),
                configuration.limits().channelsPerConnection()),
            HostAuthority.load(configuration.stateDir()),
            gateway::channels,
            audit);
    connections =
        new ConnectionServer(
            new ConnectionSettings(
                configuration.listen(),
                configuration.auth().methods(),
                configuration.limits(),
                configuration.algorithms()),
            hostKeys,
            new Authenticator(
                loaded.plugins(), configuration.groups(), configuration.auth().secondFactors()),
            new DecisionPoint(configuration.policy(), new OwnAddresses(), resolver),
            forwards,
            inspections::inspect,
            gateway,
            audit,
            strangers);
    boolean started = false;
    try {
      listening = connections.bind();
      if (audit.lacksStop()) {
        audit.commit(new AuditEvent.RunEndedAbruptly(Instant.now()));
      }
      audit.commit(
          new AuditEvent.ConfigurationLoaded(
              Instant.now(),
              configuration.file().toAbsolutePath().toString(),
              configuration.sha256()));
      audit.commit(new AuditEvent.ServerStarted(Instant.now(), version, listening));
      connections.accept();
      started = true;
    } catch (AuditUnavailableException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      if (!started) {
        closeParts(Duration.ZERO);
        audit.close();
      }
    }
  }

  /** Where clients are accepted. */
  public List<InetSocketAddress> listening() {
    return listening;
  }

  /** Accepts no more, lets forwards end within the configured time, and closes everything. */
  @Override
  public void close() {
    closeParts(loaded.configuration().stopTimeout());
    audit.append(new AuditEvent.ServerStopped(Instant.now(), "stopped by the operator"));
    audit.close();
  }

  /** All but the audit log, which has the last word. */
  private void closeParts(Duration patience) {
    try {
      connections.stop(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    inspections.close();
    targets.close();
    recordings.close();
    forwards.close();
    loaded.close();
    strangers.close();
    spool.close();
  }
}
