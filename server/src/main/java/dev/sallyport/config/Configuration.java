package dev.sallyport.config;

import dev.sallyport.audit.AuditSettings;
import dev.sallyport.audit.EventLimit;
import dev.sallyport.connection.HostKeySource;
import dev.sallyport.connection.Limits;
import dev.sallyport.connection.PenaltySettings;
import dev.sallyport.forward.ForwardSettings;
import dev.sallyport.gateway.outbound.CredentialSource;
import dev.sallyport.gateway.outbound.TargetSettings;
import dev.sallyport.model.User;
import dev.sallyport.policy.Policy;
import dev.sallyport.recording.RecordingSettings;
import dev.sallyport.ssh.Algorithms;
import dev.sallyport.transport.ProxySettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The configuration of a server, from one file.
 *
 * @param file the file
 * @param sha256 of the file, in lower-case hexadecimal
 * @param listen addresses to listen on, at least one; port 0 takes a free one
 * @param stateDir host keys, audit log, recordings; absolute
 * @param hostKeys at least one
 * @param groups members by group; a plugin may add to a user's groups
 * @param credentials credentials for targets, by name
 * @param inspectedNames host names by which clients may know any target whose sessions are recorded
 * @param targets how targets are verified
 * @param networks the networks as written, to which plugins may add
 * @param penalties for sources that misbehave
 * @param proxies the load balancers that send PROXY headers
 * @param sessionStart time within which a client must request a shell, a command or a subsystem
 * @param stopTimeout how long forwards may continue after the server was told to stop
 */
public record Configuration(
    Path file,
    String sha256,
    List<InetSocketAddress> listen,
    Path stateDir,
    List<HostKeySource> hostKeys,
    AuthSettings auth,
    Map<String, Set<String>> groups,
    Map<String, CredentialSource> credentials,
    TargetSettings targets,
    NetworkSettings networks,
    Policy policy,
    Limits limits,
    PenaltySettings penalties,
    ProxySettings proxies,
    ForwardSettings forwards,
    EventLimit userEvents,
    Duration sessionStart,
    RecordingSettings recording,
    AuditSettings audit,
    Algorithms algorithms,
    List<String> inspectedNames,
    Duration stopTimeout) {
  /** The default file. */
  public static final Path DEFAULT_FILE = Path.of("/etc/sallyport/sallyport.conf");

  public Configuration {
    listen = List.copyOf(listen);
    hostKeys = List.copyOf(hostKeys);
    groups = Map.copyOf(groups);
    credentials = Map.copyOf(credentials);
    inspectedNames = List.copyOf(inspectedNames);
  }

  /** The folders that a server writes to without end. */
  public List<Path> written() {
    return List.of(stateDir.resolve("audit"), stateDir.resolve("recordings"));
  }

  /** The user with the groups of this configuration and those of {@code more}. */
  public User user(String name, Set<String> more) {
    return User.of(name, more, groups);
  }
}
