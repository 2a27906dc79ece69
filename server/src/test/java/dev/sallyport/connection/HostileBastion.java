package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditSettings;
import dev.sallyport.audit.EventLimit;
import dev.sallyport.audit.Strangers;
import dev.sallyport.auth.Authenticator;
import dev.sallyport.auth.ConfiguredPlugin;
import dev.sallyport.auth.RecheckSettings;
import dev.sallyport.auth.SecondFactorSettings;
import dev.sallyport.forward.Descriptors;
import dev.sallyport.forward.DialRates;
import dev.sallyport.forward.ForwardSettings;
import dev.sallyport.forward.Forwards;
import dev.sallyport.gateway.inspect.HostAuthority;
import dev.sallyport.gateway.inspect.InspectSettings;
import dev.sallyport.gateway.inspect.Inspections;
import dev.sallyport.gateway.outbound.CredentialSource;
import dev.sallyport.gateway.outbound.TargetSettings;
import dev.sallyport.gateway.outbound.Targets;
import dev.sallyport.gateway.relay.Gateway;
import dev.sallyport.memory.MemoryAccount;
import dev.sallyport.model.Terms;
import dev.sallyport.policy.DecisionPoint;
import dev.sallyport.policy.Destination;
import dev.sallyport.policy.OwnAddresses;
import dev.sallyport.policy.Policy;
import dev.sallyport.policy.Ports;
import dev.sallyport.policy.Rule;
import dev.sallyport.recording.Recordings;
import dev.sallyport.recording.Samples;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.Cidr;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import dev.sallyport.ssh.AlgorithmCatalog;
import dev.sallyport.ssh.PublicKeyWork;
import dev.sallyport.support.files.PrivateFiles;
import dev.sallyport.transport.ProxySettings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * A bastion to be attacked: alice and bob may go to every port of 127.0.0.2, and carol with a
 * second factor; alice and bob to every port of 127.0.0.5, as ec2-user, where sessions are
 * recorded; and nobody anywhere else.
 */
final class HostileBastion implements AutoCloseable {
  /** Where forwards are allowed to. */
  static final InetAddress TARGETS = InetAddress.ofLiteral("127.0.0.2");

  /** Where sessions are recorded. */
  static final InetAddress RECORDED = InetAddress.ofLiteral("127.0.0.5");

  /** As whom users are logged in there. */
  static final String LOGIN = "ec2-user";

  private static final String CREDENTIAL = "recorded";

  static final KeyPair ALICE = newKey();
  static final KeyPair BOB = newKey();

  /** More users, with alice's key and her rights. */
  static final List<String> CROWD = List.of("user-0", "user-1", "user-2", "user-3");

  /** A key that nobody may log in with. */
  static final KeyPair MALLORY = newKey();

  /** As they are by default, but for what a test of one machine needs. */
  static final Limits LIMITS =
      new Limits(
          1000,
          30,
          2000,
          1000,
          Duration.ofSeconds(60),
          6,
          50,
          256,
          Duration.ofSeconds(30),
          3,
          Duration.ofSeconds(60));

  /** Bytes for all users: one of them may fill the channels of a connection with forwards. */
  static final long MEMORY = 192 * 1024 * 1024;

  /** All attackers come from one address, and must be able to attack again. */
  private static final PenaltySettings NO_PENALTIES = Exempting.these(Cidr.parse("127.0.0.0/8"));

  private final Path audit;
  private final AuditLog log;
  private final Strangers strangers;
  private final MemoryAccount memory;
  private final Forwards forwards;
  private final PublicKeyWork computing = new PublicKeyWork();
  private final Gateway gateway;
  private final Inspections inspections;
  private final Recordings recordings;
  private final ConnectionSettings connections;
  private final HostKeys hostKeys;
  private final ConnectionServer server;
  private final InetSocketAddress address;
  private boolean stopped;

  HostileBastion(Path directory) throws IOException {
    this(directory, LIMITS, ForwardSettings.DEFAULT);
  }

  HostileBastion(Path directory, Limits limits, ForwardSettings settings) throws IOException {
    this(directory, limits, settings, AuditSettings.DEFAULT);
  }

  HostileBastion(
      Path directory, Limits limits, ForwardSettings settings, AuditSettings auditSettings)
      throws IOException {
    this(directory, limits, settings, auditSettings, NO_PENALTIES, new FixedKeys());
  }

  /** Where attackers are penalised. */
  HostileBastion(Path directory, PenaltySettings penalties) throws IOException {
    this(directory, LIMITS, penalties);
  }

  /** Where attackers are penalised, and these limits hold. */
  HostileBastion(Path directory, Limits limits, PenaltySettings penalties) throws IOException {
    this(
        directory,
        limits,
        ForwardSettings.DEFAULT,
        AuditSettings.DEFAULT,
        penalties,
        new FixedKeys());
  }

  /** With keys of the test's own. */
  HostileBastion(Path directory, AuthPlugin keys) throws IOException {
    this(directory, LIMITS, ForwardSettings.DEFAULT, AuditSettings.DEFAULT, NO_PENALTIES, keys);
  }

  /** With keys of the test's own, and what they must be followed by. */
  HostileBastion(
      Path directory, AuthPlugin keys, List<String> methods, SecondFactorSettings secondFactor)
      throws IOException {
    this(
        directory,
        LIMITS,
        ForwardSettings.DEFAULT,
        AuditSettings.DEFAULT,
        NO_PENALTIES,
        keys,
        methods,
        secondFactor,
        Descriptors.ofProcess(),
        new DialRates());
  }

  /** Where users have shares of these. */
  HostileBastion(Path directory, Descriptors descriptors) throws IOException {
    this(
        directory,
        LIMITS,
        ForwardSettings.DEFAULT,
        AuditSettings.DEFAULT,
        NO_PENALTIES,
        new FixedKeys(),
        List.of("publickey"),
        SecondFactorSettings.NONE,
        descriptors,
        new DialRates());
  }

  /** Where users dial at these rates. */
  HostileBastion(Path directory, DialRates dials) throws IOException {
    this(
        directory,
        LIMITS,
        ForwardSettings.DEFAULT,
        AuditSettings.DEFAULT,
        NO_PENALTIES,
        new FixedKeys(),
        List.of("publickey"),
        SecondFactorSettings.NONE,
        Descriptors.ofProcess(),
        dials);
  }

  private HostileBastion(
      Path directory,
      Limits limits,
      ForwardSettings settings,
      AuditSettings auditSettings,
      PenaltySettings penalties,
      AuthPlugin keys)
      throws IOException {
    this(
        directory,
        limits,
        settings,
        auditSettings,
        penalties,
        keys,
        List.of("publickey"),
        SecondFactorSettings.NONE,
        Descriptors.ofProcess(),
        new DialRates());
  }

  private HostileBastion(
      Path directory,
      Limits limits,
      ForwardSettings settings,
      AuditSettings auditSettings,
      PenaltySettings penalties,
      AuthPlugin keys,
      List<String> methods,
      SecondFactorSettings secondFactor,
      Descriptors descriptors,
      DialRates dials)
      throws IOException {
    audit = directory.resolve("audit");
    log = AuditLog.open(audit, "test");
    strangers = new Strangers(log, auditSettings);
    memory =
        new MemoryAccount(
            MEMORY,
            shortage ->
                log.append(
                    new AuditEvent.MemoryRefused(
                        Instant.now(),
                        shortage.user(),
                        shortage.held(),
                        shortage.share(),
                        shortage.heldByAll(),
                        shortage.total())));
    forwards = new Forwards(settings, log, memory, descriptors, dials);
    recordings = Recordings.open(directory.resolve("recordings"), Samples.STRICT, log, "test");
    recordings.begin();
    connections =
        new ConnectionSettings(
            methods,
            Banner.NONE,
            limits,
            penalties,
            ProxySettings.DEFAULT,
            AlgorithmCatalog.DEFAULT);
    hostKeys =
        HostKeys.load(
            List.of(
                new HostKeySource.Generated(HostKeySource.Type.ED25519),
                new HostKeySource.Generated(HostKeySource.Type.ECDSA)),
            directory.resolve("host-keys"));
    gateway =
        new Gateway(
            new Targets(
                TargetSettings.DEFAULT,
                Map.of(
                    CREDENTIAL, new CredentialSource.Key(credential(directory), Optional.empty())),
                directory,
                log,
                computing),
            recordings,
            log,
            forwards::settings,
            descriptors,
            dials);
    inspections =
        new Inspections(
            new InspectSettings(
                InspectSettings.DEFAULT_NAMES,
                AlgorithmCatalog.DEFAULT,
                limits.time(),
                limits.authenticationTries(),
                limits.channelsPerConnection()),
            HostAuthority.load(directory),
            gateway::channels,
            log,
            computing);
    server =
        new ConnectionServer(
            List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
            inForce(connections, hostKeys, keys, secondFactor),
            forwards,
            inspections,
            gateway,
            log,
            strangers,
            computing,
            InstantSource.system());
    address = server.bind().getFirst();
    server.accept();
  }

  private static InForce inForce(
      ConnectionSettings connections,
      HostKeys hostKeys,
      AuthPlugin keys,
      SecondFactorSettings secondFactor) {
    return new InForce(
        connections,
        hostKeys,
        new Authenticator(
            List.of(new ConfiguredPlugin("fixed", Map.of(), keys)), Map.of(), secondFactor),
        RecheckSettings.DEFAULT,
        new DecisionPoint(
            policy(),
            new OwnAddresses(),
            name -> {
              throw new UnknownHostException(name.name());
            }),
        keys::close);
  }

  /** The same with another second factor. */
  void reload(AuthPlugin keys, SecondFactorSettings secondFactor) {
    server.replace(inForce(connections, hostKeys, keys, secondFactor));
  }

  private static KeyPair newKey() {
    try {
      return KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the bastion logs in to targets with. */
  private static Path credential(Path directory) throws IOException {
    Path file = directory.resolve("credential");
    if (Files.notExists(file)) {
      try (OutputStream out = Files.newOutputStream(Files.createFile(file, PrivateFiles.FILE))) {
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(MALLORY, "", null, out);
      } catch (GeneralSecurityException e) {
        throw new IOException(e);
      }
    }
    return file;
  }

  private static Policy policy() {
    Cidr targets = Cidr.parse(TARGETS.getHostAddress() + "/32");
    Cidr recorded = Cidr.parse(RECORDED.getHostAddress() + "/32");
    Set<String> users =
        Stream.concat(Stream.of("alice", "bob"), CROWD.stream()).collect(Collectors.toSet());
    Terms.Session session =
        new Terms.Session(Set.of(LOGIN), CREDENTIAL, Set.of(), Terms.Input.NONE);
    return new Policy(
        List.of(targets, recorded),
        List.of(targets, recorded),
        Set.of(),
        List.of(
            rule("targets", users, targets, false, Terms.METADATA),
            rule("targets-with-mfa", Set.of("carol"), targets, true, Terms.METADATA),
            rule("recorded", users, recorded, false, session)));
  }

  private static Rule rule(String name, Set<String> users, Cidr targets, boolean mfa, Terms terms) {
    return new Rule(
        name,
        users,
        Set.of(),
        Rule.ANYWHERE,
        Rule.ALWAYS,
        List.of(
            new Destination.NetworkDestination(
                targets, new Ports(List.of(new Ports.Range(Ports.MIN, Ports.MAX))))),
        mfa,
        terms);
  }

  /** Users, with one key each. */
  private static final class FixedKeys implements AuthPlugin {
    private final Map<String, OfferedKey> keys =
        Stream.concat(Stream.of("alice", "bob"), CROWD.stream())
            .collect(
                Collectors.toMap(user -> user, user -> offered(user.equals("bob") ? BOB : ALICE)));

    private static OfferedKey offered(KeyPair key) {
      ByteArrayBuffer blob = new ByteArrayBuffer();
      blob.putRawPublicKey(key.getPublic());
      return new OfferedKey(blob.getCompactData());
    }

    @Override
    public Verdict publicKey(LoginAttempt attempt, OfferedKey key) {
      return Optional.ofNullable(keys.get(attempt.user())).filter(key::equals).isPresent()
          ? new Verdict.Accepted(attempt.user(), Set.of(), "", Restrictions.NONE)
          : new Verdict.Unclaimed();
    }
  }

  /** Limits the events of each user from now on. */
  void limitEvents(EventLimit limit) {
    log.apply(limit);
  }

  InetSocketAddress address() {
    return address;
  }

  /** Of which all users have shares. */
  MemoryAccount memory() {
    return memory;
  }

  /** From now on a session must say within this what it is for. */
  void sessionStart(Duration limit) {
    gateway.apply(limit);
  }

  /** Where its key exchanges are computed. */
  PublicKeyWork computing() {
    return computing;
  }

  /** Forwards that are opening or open. */
  int forwards() {
    return forwards.count();
  }

  /** Sessions that are open, of outer and inner connections. */
  int sessions() {
    return gateway.count();
  }

  /** Recordings that are not final. */
  int recordings() {
    return recordings.live();
  }

  /** What the audit log says by now. */
  List<String> log() {
    try (Stream<Path> files = Files.list(audit)) {
      return files
          .filter(file -> file.toString().endsWith(".jsonl"))
          .sorted()
          .flatMap(HostileBastion::lines)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many lines of the audit log contain {@code text}. */
  long told(String text) {
    return log().stream().filter(line -> line.contains(text)).count();
  }

  void stop(Duration patience) throws InterruptedException {
    if (!stopped) {
      stopped = true;
      server.stop(patience);
    }
  }

  @Override
  public void close() {
    try {
      stop(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    inspections.close();
    gateway.close();
    computing.close();
    recordings.close();
    forwards.close();
    strangers.close();
    log.close();
  }
}
