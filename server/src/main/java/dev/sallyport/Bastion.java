package dev.sallyport;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.DiskWatch;
import dev.sallyport.audit.LogArchive;
import dev.sallyport.audit.SpoolCollector;
import dev.sallyport.audit.Strangers;
import dev.sallyport.auth.Authenticator;
import dev.sallyport.config.Configuration;
import dev.sallyport.config.ConfigurationChanges;
import dev.sallyport.config.ConfigurationError;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.config.Loading;
import dev.sallyport.connection.ConnectionServer;
import dev.sallyport.connection.ConnectionSettings;
import dev.sallyport.connection.HostKeys;
import dev.sallyport.connection.InForce;
import dev.sallyport.forward.Descriptors;
import dev.sallyport.forward.DialRates;
import dev.sallyport.forward.Forwards;
import dev.sallyport.gateway.inspect.HostAuthority;
import dev.sallyport.gateway.inspect.InspectSettings;
import dev.sallyport.gateway.inspect.Inspections;
import dev.sallyport.gateway.outbound.Targets;
import dev.sallyport.gateway.relay.Gateway;
import dev.sallyport.memory.MemoryAccount;
import dev.sallyport.memory.SharesUsedUp;
import dev.sallyport.model.IpText;
import dev.sallyport.model.SafeText;
import dev.sallyport.operations.ControlSocket;
import dev.sallyport.operations.FaultText;
import dev.sallyport.operations.ReloadAnswer;
import dev.sallyport.operations.ReloadText;
import dev.sallyport.operations.Reloads;
import dev.sallyport.operations.ServiceManager;
import dev.sallyport.policy.DecisionPoint;
import dev.sallyport.policy.OwnAddresses;
import dev.sallyport.policy.Resolver;
import dev.sallyport.recording.Recordings;
import dev.sallyport.ssh.PublicKeyWork;
import dev.sallyport.transport.CarrierThreads;
import dev.sallyport.transport.KernelThreads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole server: made of its parts with plain {@code new}, and closed in reverse.
 *
 * <p>A reload makes nothing anew that has a state: what depends on the configuration alone is put
 * in its place as one {@link InForce}, and the parts that live on are told their settings. All that
 * can fail is done before anything changes.
 */
public final class Bastion implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Bastion.class);
  private static final int SHOWN = 1000;

  /** The part of the heap that users and targets together may fill. */
  private static final int USERS_PART_OF_HEAP = 2;

  private final ConfigurationLoader loader;
  private final InstantSource clock;
  private final ServiceManager manager;
  private final Configuration started;
  private final AuditLog audit;
  private final Strangers strangers;
  private final Forwards forwards;
  private final PublicKeyWork computing;
  private final Recordings recordings;
  private final Targets targets;
  private final Gateway gateway;
  private final Inspections inspections;
  private final ConnectionServer connections;
  private final List<InetSocketAddress> listening;
  private final Reloads reloads = new Reloads(this::reloadNow);
  private @Nullable SpoolCollector spool;
  private @Nullable LogArchive archive;
  private @Nullable DiskWatch disks;
  private @Nullable ControlSocket control;

  /** Held by a reload, and by the stop, after which there is none. */
  private final ReentrantLock changing = new ReentrantLock();

  // Guarded by it.
  private Loading.Loaded loaded;
  private boolean closed;

  /**
   * Starts. When this returns, clients are accepted and the audit log says so.
   *
   * @param loader reads the file again when it is to be reloaded
   * @param resolver asked for the names that users ask for
   * @param clock what time it is, for rules and rights
   * @param manager hears of reloads; the caller tells it of the start and the stop
   * @throws IOException when a part cannot start; whatever had started is closed again, and the
   *     message says what to do
   */
  public Bastion(
      ConfigurationLoader loader,
      Loading.Loaded loaded,
      Resolver resolver,
      String version,
      InstantSource clock,
      ServiceManager manager)
      throws IOException {
    this.loader = loader;
    this.loaded = loaded;
    this.clock = clock;
    this.manager = manager;
    // Before any thread has low priority, which the threads for public keys are the first to have.
    CarrierThreads.startAll();
    computing = new PublicKeyWork();
    Configuration configuration = loaded.configuration();
    started = configuration;
    HostKeys hostKeys = HostKeys.load(configuration.hostKeys(), hostKeyFolder());
    audit = AuditLog.open(configuration.stateDir().resolve("audit"), version);
    audit.apply(configuration.userEvents());
    strangers = new Strangers(audit, configuration.audit());
    Descriptors descriptors = Descriptors.ofProcess();
    DialRates dials = new DialRates();
    forwards =
        new Forwards(
            configuration.forwards(),
            audit,
            new MemoryAccount(
                Runtime.getRuntime().maxMemory() / USERS_PART_OF_HEAP, this::memoryRefused),
            descriptors,
            dials);
    recordings =
        Recordings.open(
            configuration.stateDir().resolve("recordings"),
            configuration.recording(),
            audit,
            version);
    targets =
        new Targets(
            configuration.targets(),
            configuration.credentials(),
            configuration.stateDir(),
            audit,
            computing);
    gateway = new Gateway(targets, recordings, audit, forwards::settings, descriptors, dials);
    gateway.apply(configuration.sessionStart());
    inspections =
        new Inspections(
            inspectSettings(configuration),
            HostAuthority.load(configuration.stateDir()),
            gateway::channels,
            audit,
            computing);
    connections =
        new ConnectionServer(
            configuration.listen(),
            inForce(
                loaded,
                hostKeys,
                new DecisionPoint(configuration.policy(), new OwnAddresses(), resolver)),
            forwards,
            inspections,
            gateway,
            audit,
            strangers,
            computing,
            clock);
    boolean told = false;
    boolean running = false;
    try {
      listening = connections.bind();
      audit.commit(beginning(version));
      told = true;
      spool = new SpoolCollector(configuration.stateDir().resolve("audit"), audit);
      recordings.begin(KernelThreads::lowerPriority);
      archive =
          new LogArchive(configuration.stateDir().resolve("audit"), audit, configuration.audit());
      disks = new DiskWatch(configuration.written(), audit, configuration.audit());
      control = openControl();
      connections.accept();
      running = true;
    } catch (AuditUnavailableException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      if (!running) {
        closeParts(Duration.ZERO);
        if (told) {
          audit.append(new AuditEvent.ServerStopped(clock.instant(), "it could not start"));
        }
        audit.close();
      }
    }
  }

  /**
   * What the log says first of a run. Before it no part of the server says anything: a start that
   * fails leaves the last word to the stop before it, or else the next one would take that for
   * missing.
   */
  private List<AuditEvent> beginning(String version) {
    List<AuditEvent> events = new ArrayList<>();
    if (audit.lacksStop()) {
      events.add(new AuditEvent.RunEndedAbruptly(clock.instant()));
    }
    events.add(
        new AuditEvent.ConfigurationLoaded(
            clock.instant(), shown(started.file()), started.sha256()));
    events.add(new AuditEvent.ServerStarted(clock.instant(), version, listening));
    return events;
  }

  private void memoryRefused(SharesUsedUp.Shortage shortage) {
    audit.append(
        new AuditEvent.MemoryRefused(
            clock.instant(),
            shortage.user(),
            shortage.held(),
            shortage.share(),
            shortage.heldByAll(),
            shortage.total()));
  }

  /** Where clients are accepted. */
  public List<InetSocketAddress> listening() {
    return listening;
  }

  /** The same for people: {@code 10.0.1.5:22, [::]:22}. */
  public String listeningOn() {
    return listening.stream().map(IpText::shown).collect(Collectors.joining(", "));
  }

  // ---- what the configuration says to the parts ----

  private Path hostKeyFolder() {
    return started.stateDir().resolve("host-keys");
  }

  private static InForce inForce(
      Loading.Loaded loaded, HostKeys hostKeys, DecisionPoint decisions) {
    Configuration configuration = loaded.configuration();
    return new InForce(
        new ConnectionSettings(
            configuration.auth().methods(),
            configuration.auth().banner(),
            configuration.limits(),
            configuration.penalties(),
            configuration.proxies(),
            configuration.algorithms()),
        hostKeys,
        new Authenticator(
            loaded.plugins(), configuration.groups(), configuration.auth().secondFactors()),
        configuration.auth().recheck(),
        decisions,
        loaded::close);
  }

  private static InspectSettings inspectSettings(Configuration configuration) {
    return new InspectSettings(
        configuration.inspectedNames(),
        configuration.algorithms(),
        configuration.limits().time(),
        configuration.limits().authenticationTries(),
        configuration.limits().channelsPerConnection());
  }

  private static String shown(Path file) {
    return file.toAbsolutePath().toString();
  }

  // ---- reload ----

  /** A path that is too long for a socket must not keep users out: there is SIGHUP too. */
  private @Nullable ControlSocket openControl() {
    try {
      return ControlSocket.open(started.stateDir(), started.file(), reloads, connections::refusals);
    } catch (IOException e) {
      LOG.error("sallyport reload does not work, but SIGHUP does: {}", FaultText.of(e));
      return null;
    }
  }

  /**
   * Reads the configuration file again, with everything that it names. Never waits; the answer
   * comes when everything is in force, or nothing has changed.
   */
  public CompletableFuture<ReloadAnswer> reload() {
    return reloads.request();
  }

  private ReloadAnswer reloadNow() {
    changing.lock();
    try {
      if (closed) {
        return new ReloadAnswer.Failed("the bastion is stopping");
      }
      manager.reloading();
      ReloadAnswer answer = tryToLoad();
      switch (answer) {
        case ReloadAnswer.Reloaded(var file, var changed, var needRestart, var _) -> {
          LOG.info("{}", ReloadText.of(file, changed));
          manager.ready("listening on %s; reloaded".formatted(listeningOn()));
          needRestart.forEach(key -> LOG.warn("{}", ReloadText.needsRestart(key)));
        }
        case ReloadAnswer.Rejected(List<String> errors) -> refused(errors);
        case ReloadAnswer.Failed(String fault) -> refused(List.of(fault));
        case ReloadAnswer.OtherFile other ->
            throw new IllegalStateException("there is one file: " + other);
      }
      return answer;
    } finally {
      changing.unlock();
    }
  }

  private void refused(List<String> errors) {
    errors.forEach(
        error -> LOG.error("not reloaded, the previous configuration stays in effect: {}", error));
    manager.ready("listening on %s; not reloaded: %s".formatted(listeningOn(), errors.getFirst()));
    audit.append(
        new AuditEvent.ConfigurationRefused(clock.instant(), shown(started.file()), errors));
  }

  /** Whatever goes wrong has an answer: SIGHUP has nobody else who would hear of it. */
  private ReloadAnswer tryToLoad() {
    try {
      return load();
    } catch (IOException e) {
      return new ReloadAnswer.Failed(SafeText.escape(FaultText.of(e), SHOWN));
    } catch (AuditUnavailableException e) {
      return new ReloadAnswer.Failed(SafeText.escape(String.valueOf(e.getMessage()), SHOWN));
    } catch (RuntimeException | Error bug) {
      LOG.error("a reload failed inside the bastion", bug);
      return new ReloadAnswer.Failed(
          "the bastion failed: " + SafeText.escape(bug.toString(), SHOWN));
    }
  }

  private ReloadAnswer load() throws IOException, AuditUnavailableException {
    return switch (loader.load(started.file())) {
      case Loading.Rejected(List<ConfigurationError> errors) ->
          new ReloadAnswer.Rejected(errors.stream().map(ConfigurationError::toString).toList());
      case Loading.Loaded fresh -> {
        boolean kept = false;
        try {
          ReloadAnswer.Reloaded answer = replaceBy(fresh);
          kept = true;
          yield answer;
        } finally {
          if (!kept) {
            fresh.close();
          }
        }
      }
    };
  }

  /** First what can fail, then the record, then what cannot fail. */
  private ReloadAnswer.Reloaded replaceBy(Loading.Loaded fresh)
      throws IOException, AuditUnavailableException {
    Configuration configuration = fresh.configuration();
    HostKeys hostKeys = HostKeys.load(configuration.hostKeys(), hostKeyFolder());
    Targets.Prepared preparedTargets =
        targets.prepare(configuration.targets(), configuration.credentials());
    InForce next =
        inForce(fresh, hostKeys, connections.inForce().decisions().with(configuration.policy()));
    var answer =
        new ReloadAnswer.Reloaded(
            SafeText.escape(shown(configuration.file()), SHOWN),
            ConfigurationChanges.between(loaded.configuration(), configuration),
            ConfigurationChanges.needRestart(started, configuration),
            fresh.warnings());
    audit.commit(
        new AuditEvent.ConfigurationReloaded(
            clock.instant(),
            shown(configuration.file()),
            configuration.sha256(),
            answer.changed(),
            answer.needRestart()));
    audit.apply(configuration.userEvents());
    strangers.apply(configuration.audit());
    Optional.ofNullable(archive).ifPresent(kept -> kept.apply(configuration.audit()));
    Optional.ofNullable(disks).ifPresent(watched -> watched.apply(configuration.audit()));
    forwards.apply(configuration.forwards());
    gateway.apply(configuration.sessionStart());
    recordings.apply(configuration.recording());
    preparedTargets.apply();
    inspections.apply(inspectSettings(configuration));
    connections.replace(next);
    loaded = fresh;
    return answer;
  }

  // ---- stop ----

  /** Accepts no more, lets forwards end within the configured time, and closes everything. */
  @Override
  public void close() {
    Duration patience;
    changing.lock();
    try {
      patience = loaded.configuration().stopTimeout();
      closed = true;
    } finally {
      changing.unlock();
    }
    closeParts(patience);
    audit.append(new AuditEvent.ServerStopped(clock.instant(), "stopped by the operator"));
    audit.close();
  }

  /** All but the audit log, which has the last word. */
  private void closeParts(Duration patience) {
    Optional.ofNullable(control).ifPresent(ControlSocket::close);
    try {
      connections.stop(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    gateway.close();
    inspections.close();
    targets.close();
    computing.close();
    recordings.close();
    forwards.close();
    loaded.close();
    strangers.close();
    Optional.ofNullable(spool).ifPresent(SpoolCollector::close);
    Optional.ofNullable(disks).ifPresent(DiskWatch::close);
    Optional.ofNullable(archive).ifPresent(LogArchive::close);
  }
}
