package dev.sallyport.config;

import dev.sallyport.audit.AuditSettings;
import dev.sallyport.connection.HostKeySource;
import dev.sallyport.connection.PenaltySettings;
import dev.sallyport.gateway.outbound.CredentialSource;
import dev.sallyport.gateway.outbound.TargetSettings;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.policy.Policy;
import dev.sallyport.policy.Rule;
import dev.sallyport.recording.RecordingSettings;
import dev.sallyport.spi.Cidr;
import dev.sallyport.ssh.Algorithms;
import dev.sallyport.transport.ProxySettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** {@code sallyport}: the block that holds all the others. */
final class ServerBlock {
  private static final List<InetSocketAddress> LISTEN =
      List.of(new InetSocketAddress(IpText.address(new byte[4]), 22));
  private static final Path STATE_DIR = Path.of("/var/lib/sallyport");
  private static final List<HostKeySource> HOST_KEYS =
      List.of(
          new HostKeySource.Generated(HostKeySource.Type.ED25519),
          new HostKeySource.Generated(HostKeySource.Type.RSA));
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  private ServerBlock() {}

  /** Parses only {@code state-dir}, by which a running server can be found. */
  static Path stateDir(Block block) {
    return block.parsed("state-dir", Paths::absolute, STATE_DIR);
  }

  static Configuration read(
      Path file, String sha256, Block block, AuthBlock authBlock, Outside outside) {
    List<InetSocketAddress> listen = block.parsedList("listen", ListenText::parse, LISTEN);
    Path stateDir = stateDir(block);
    List<HostKeySource> hostKeys = block.parsedList("host-keys", ServerBlock::hostKey, HOST_KEYS);
    Duration stopTimeout =
        block.duration("stop-timeout", Duration.ZERO, Duration.ofHours(1), STOP_TIMEOUT);
    NetworksBlock.require(block);
    AuthSettings auth = authBlock.read(block.block("auth"));
    NetworksBlock.Networks networks = authBlock.networks(block, outside);
    List<Cidr> unsafeNetworks = block.parsedList("unsafe-networks", IpText::network);
    WideNetworks.ofExceptions(unsafeNetworks)
        .forEach(warning -> block.warn("unsafe-networks", warning));
    Map<String, Set<String>> groups = readGroups(block.block("groups"));
    Block credentialsBlock = block.block("credentials");
    Map<String, CredentialSource> credentials = CredentialsBlock.read(credentialsBlock);
    TargetSettings targets = TargetsBlock.read(block.block("targets"));
    Policy open =
        new Policy(
            networks.known().orElse(Rule.ANYWHERE),
            unsafeNetworks,
            networks.ownAddresses(),
            List.of());
    Policy policy =
        new Policy(
            networks.privateNetworks(),
            unsafeNetworks,
            networks.ownAddresses(),
            new RulesBlock(groups, open, credentialsBlock.keys(), auth.canProveMore())
                .read(block.blocks("rules")));
    LimitsBlock limits = LimitsBlock.read(block.block("limits"));
    PenaltySettings penalties = PenaltiesBlock.read(block.block("penalties"));
    ProxySettings proxies = ProxyBlock.read(block.block("proxy-protocol"));
    RecordingSettings recording = RecordingBlock.read(block.block("recording"));
    Block auditBlock = block.block("audit");
    AuditSettings audit = AuditBlock.read(auditBlock);
    warnOfShortAudit(auditBlock, audit, recording);
    Block algorithmsBlock = block.block("algorithms");
    Algorithms algorithms = AlgorithmsBlock.read(algorithmsBlock);
    checkHostKeyAlgorithms(algorithmsBlock, hostKeys, algorithms);
    List<String> inspectedNames = InspectionBlock.read(block.block("inspection"));
    block.refuse("roles");
    block.end();
    return new Configuration(
        file,
        sha256,
        listen,
        stateDir,
        hostKeys,
        auth,
        groups,
        credentials,
        targets,
        networks.written(),
        policy,
        limits.limits(),
        penalties,
        proxies,
        limits.forwards(),
        limits.events(),
        limits.sessionStart(),
        recording,
        audit,
        algorithms,
        inspectedNames,
        stopTimeout);
  }

  /**
   * Warns if the log is removed earlier than recordings: without their hashes in the log,
   * recordings prove nothing.
   */
  private static void warnOfShortAudit(
      Block block, AuditSettings audit, RecordingSettings recording) {
    boolean forEver = recording.maxAge().isZero();
    if (!audit.maxAge().isZero() && (forEver || audit.maxAge().compareTo(recording.maxAge()) < 0)) {
      block.warn(
          "max-age",
          "is "
              + DurationText.of(audit.maxAge())
              + ", and recording.max-age is "
              + (forEver ? "never" : DurationText.of(recording.maxAge()))
              + ": recordings would outlast their hashes in the log");
    }
  }

  private static Map<String, Set<String>> readGroups(Block block) {
    Map<String, Set<String>> groups = new HashMap<>();
    for (String name : block.keys()) {
      if (Names.member(name) instanceof Parsed.Malformed<String>(String reason)) {
        block.error(Block.shown(name) + " " + reason);
      }
      groups.put(name, Set.copyOf(block.parsedList(name, Names::member)));
    }
    return groups;
  }

  private static Parsed<HostKeySource> hostKey(String text) {
    if (text.indexOf('/') >= 0) {
      return switch (Paths.absolute(text)) {
        case Parsed.Valid<Path>(Path path) -> new Parsed.Valid<>(new HostKeySource.Existing(path));
        case Parsed.Malformed<Path> malformed -> malformed.as();
      };
    }
    for (HostKeySource.Type type : HostKeySource.Type.values()) {
      if (text.equals(name(type))) {
        return new Parsed.Valid<>(new HostKeySource.Generated(type));
      }
    }
    return new Parsed.Malformed<>("must be ed25519, rsa, ecdsa, or the path of a key file");
  }

  private static String name(HostKeySource.Type type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  /** The prefix of the signature algorithms of a type of key. */
  private static String signature(HostKeySource.Type type) {
    return switch (type) {
      case ED25519 -> "ssh-ed25519";
      case RSA -> "rsa-sha2-";
      case ECDSA -> "ecdsa-sha2-nistp256";
    };
  }

  /** Checks that a host key has an allowed algorithm; otherwise no client could connect. */
  private static void checkHostKeyAlgorithms(
      Block block, List<HostKeySource> hostKeys, Algorithms algorithms) {
    boolean usable =
        hostKeys.stream()
            .anyMatch(source ->
                switch (source) {
                  case HostKeySource.Existing unread -> true;
                  case HostKeySource.Generated(var type) ->
                      algorithms.hostKeys().stream()
                          .anyMatch(name -> name.startsWith(signature(type)));
                });
    if (!usable && !hostKeys.isEmpty() && !algorithms.hostKeys().isEmpty()) {
      block.error("host-keys", "allows no key of sallyport.host-keys to sign");
    }
  }

  static Map<String, Object> print(Configuration configuration) {
    Policy policy = configuration.policy();
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("listen", configuration.listen().stream().map(ListenText::print).toList());
    block.put("state-dir", configuration.stateDir().toString());
    block.put("host-keys", configuration.hostKeys().stream().map(ServerBlock::print).toList());
    block.put("stop-timeout", DurationText.of(configuration.stopTimeout()));
    block.put("private-networks", configuration.networks().privateNetworks());
    block.put("unsafe-networks", policy.unsafeNetworks().stream().map(Cidr::toString).toList());
    block.put(
        "own-addresses",
        configuration.networks().ownAddresses().stream().map(IpText::format).sorted().toList());
    block.put("auth", AuthBlock.print(configuration.auth()));
    Map<String, Object> groups = new TreeMap<>();
    configuration
        .groups()
        .forEach((name, members) -> groups.put(name, members.stream().sorted().toList()));
    block.put("groups", groups);
    block.put("credentials", CredentialsBlock.print(configuration.credentials()));
    block.put("targets", TargetsBlock.print(configuration.targets()));
    block.put("rules", policy.rules().stream().map(RulesBlock::print).toList());
    block.put("inspection", InspectionBlock.print(configuration.inspectedNames()));
    block.put(
        "limits",
        new LimitsBlock(
                configuration.limits(),
                configuration.forwards(),
                configuration.userEvents(),
                configuration.sessionStart())
            .print());
    block.put("penalties", PenaltiesBlock.print(configuration.penalties()));
    block.put("proxy-protocol", ProxyBlock.print(configuration.proxies()));
    block.put("recording", RecordingBlock.print(configuration.recording()));
    block.put("audit", AuditBlock.print(configuration.audit()));
    block.put("algorithms", AlgorithmsBlock.print(configuration.algorithms()));
    return block;
  }

  private static String print(HostKeySource source) {
    return switch (source) {
      case HostKeySource.Generated(var type) -> name(type);
      case HostKeySource.Existing(var path) -> path.toString();
    };
  }
}
