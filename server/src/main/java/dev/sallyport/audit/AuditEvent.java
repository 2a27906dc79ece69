package dev.sallyport.audit;

import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.Denial;
import dev.sallyport.model.SecondFactor;
import dev.sallyport.model.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that an auditor may ask about. Texts from the network are as they came: the encoder
 * escapes them.
 */
public sealed interface AuditEvent
    permits AuditEvent.OfConnection,
        AuditEvent.ServerStarted,
        AuditEvent.ServerStopped,
        AuditEvent.RunEndedAbruptly,
        AuditEvent.ConfigurationLoaded,
        AuditEvent.ConfigurationReloaded,
        AuditEvent.ConfigurationRefused,
        AuditEvent.LogRepaired,
        AuditEvent.LogRecovered,
        AuditEvent.LogFileCompressed,
        AuditEvent.LogFileRemoved,
        AuditEvent.DiskSpace,
        AuditEvent.NoiseSummary,
        AuditEvent.PenaltyBegan,
        AuditEvent.PenaltyEnded,
        AuditEvent.TargetKnownHostsChanged,
        AuditEvent.TargetKeysForgotten,
        AuditEvent.SecondFactorChanged,
        AuditEvent.MemoryRefused,
        RecordingEvent {
  /** When it happened. */
  Instant at();

  /**
   * The connection an event belongs to.
   *
   * @param id the same on all of its events
   * @param source where the client is
   * @param local where it was accepted
   * @param via the load balancer in between, which told us the source, if there is one
   */
  record Connection(
      ConnectionId id,
      InetSocketAddress source,
      InetSocketAddress local,
      Optional<InetSocketAddress> via) {
    /** Without a load balancer. */
    public Connection(ConnectionId id, InetSocketAddress source, InetSocketAddress local) {
      this(id, source, local, Optional.empty());
    }
  }

  /** An event of one connection. */
  sealed interface OfConnection extends AuditEvent
      permits ConnectionOpened,
          ConnectionClosed,
          AuthenticationSucceeded,
          AuthenticationFailed,
          ConnectionRevoked,
          RequestRefused,
          OfForward,
          SessionEvent,
          RecordingEvent.OfSession {
    Connection connection();
  }

  /** An event of one forward. */
  sealed interface OfForward extends OfConnection {
    Forward forward();
  }

  /**
   * A forward.
   *
   * @param id unique for all time
   * @param user who asked
   * @param target what was asked for
   */
  record Forward(String id, String user, Target target) {}

  /**
   * The server is up and listens.
   *
   * @param listen where
   */
  record ServerStarted(Instant at, String version, List<InetSocketAddress> listen)
      implements AuditEvent {
    public ServerStarted {
      listen = List.copyOf(listen);
    }
  }

  /** The server ends; the last line it writes. */
  record ServerStopped(Instant at, String reason) implements AuditEvent {}

  /**
   * The run before this one was killed, or the machine was: it wrote no stop. What was open then
   * has no close in the log.
   */
  record RunEndedAbruptly(Instant at) implements AuditEvent {}

  /**
   * A configuration took effect.
   *
   * @param file where it came from
   * @param sha256 of the file's bytes, lower-case hexadecimal
   */
  record ConfigurationLoaded(Instant at, String file, String sha256) implements AuditEvent {}

  /**
   * A changed configuration takes effect while the server runs.
   *
   * @param file where it came from
   * @param sha256 of the file's bytes, lower-case hexadecimal
   * @param changed the keys whose values are others than before, such as {@code rules.web-ssh.to};
   *     never a value, which may be a secret
   * @param needRestart keys that are others than at the start, and count from the next start on
   */
  record ConfigurationReloaded(
      Instant at, String file, String sha256, List<String> changed, List<String> needRestart)
      implements AuditEvent {
    public ConfigurationReloaded {
      changed = List.copyOf(changed);
      needRestart = List.copyOf(needRestart);
    }
  }

  /**
   * A configuration was to take effect while the server runs, and does not: the one before goes on.
   *
   * @param file where it came from
   * @param errors what is wrong, a line each
   */
  record ConfigurationRefused(Instant at, String file, List<String> errors) implements AuditEvent {
    public ConfigurationRefused {
      errors = List.copyOf(errors);
    }
  }

  /**
   * The operator changed what the bastion knows of the targets' host keys.
   *
   * @param added lines of known_hosts
   * @param removed the same
   */
  record TargetKnownHostsChanged(Instant at, List<String> added, List<String> removed)
      implements AuditEvent {
    public TargetKnownHostsChanged {
      added = List.copyOf(added);
      removed = List.copyOf(removed);
    }
  }

  /**
   * The operator had the bastion forget a target's host keys, so that it accepts others. What a
   * server then finds changed in its file is told once more, as {@link TargetKnownHostsChanged}.
   *
   * @param operator who did it, by the system's account
   * @param behalf on whose behalf, as {@code sudo} says
   * @param target whose keys they were, with its port
   * @param keys the entries, for people
   */
  record TargetKeysForgotten(
      Instant at, String operator, Optional<String> behalf, String target, List<String> keys)
      implements AuditEvent {
    public TargetKeysForgotten {
      keys = List.copyOf(keys);
    }
  }

  /**
   * The operator gave a user a second factor, or took it away.
   *
   * @param operator who did it, by the system's account
   * @param behalf on whose behalf, as {@code sudo} says
   * @param user whose factor it is
   * @param plugin the type of the plugin
   */
  record SecondFactorChanged(
      Instant at,
      String operator,
      Optional<String> behalf,
      String user,
      String plugin,
      Change change)
      implements AuditEvent {
    /** What was done. */
    public enum Change {
      /** The user has a factor, and had none or another before. */
      ENROLLED,
      /** The user has no factor any more. */
      REMOVED
    }
  }

  /**
   * The log ended in the middle of a line; its bytes were set aside.
   *
   * @param file the log's file
   * @param aside where the bytes are now
   * @param bytes how many
   * @param sha256 of those bytes, lower-case hexadecimal
   */
  record LogRepaired(Instant at, String file, String aside, long bytes, String sha256)
      implements AuditEvent {}

  /**
   * The log can be written again.
   *
   * @param since from when it could not
   * @param fault why it could not
   * @param lost events that could not be kept until now
   */
  record LogRecovered(Instant at, Instant since, String fault, long lost) implements AuditEvent {}

  /**
   * A day's file of the log is replaced by a compressed one with the same lines.
   *
   * @param file the file that is removed
   * @param compressed the file that takes its place
   * @param span its events
   */
  record LogFileCompressed(Instant at, StoredFile file, StoredFile compressed, LogSpan span)
      implements AuditEvent {}

  /**
   * A file of the log is removed for good.
   *
   * @param span its events; what is missing at the beginning of {@code metadata.sequence} is here
   */
  record LogFileRemoved(Instant at, StoredFile file, LogSpan span, String reason)
      implements AuditEvent {}

  /**
   * A file system that the server writes to is nearly full, or has room again.
   *
   * @param path a folder on it
   * @param percent how full it is
   * @param freeBytes what the server may still take
   * @param limit percent from which on it counts as nearly full
   * @param low whether it is
   */
  record DiskSpace(Instant at, String path, int percent, long freeBytes, int limit, boolean low)
      implements AuditEvent {}

  /**
   * What strangers did in a time, counted where it was too much to tell one by one.
   *
   * @param since the time's beginning; {@code at} is its end
   * @param connections connections that were not told one by one
   * @param refused of these, turned away before anything was read from them: by the limits on
   *     unauthenticated connections, for a penalty, or behind a load balancer that did not say
   *     where they came from
   * @param penalised of those, turned away for a penalty
   * @param penalties penalties that began and were not told one by one
   * @param failures failed authentications that were not told one by one
   * @param sources counts of the busiest sources
   * @param otherSources whether there were more sources than are listed
   */
  record NoiseSummary(
      Instant at,
      Instant since,
      long connections,
      long refused,
      long penalised,
      long penalties,
      long failures,
      Map<String, Long> sources,
      boolean otherSources)
      implements AuditEvent {
    public NoiseSummary {
      sources = Map.copyOf(sources);
    }
  }

  /**
   * A time for which a source is turned away.
   *
   * @param source the address that it began with
   * @param network what counts as one source: the address, or an IPv6 /64
   * @param since when it began to be enforced
   */
  record Penalty(InetAddress source, String network, Instant since) {}

  /**
   * A source is turned away from now on.
   *
   * @param misconduct what it did last, in words
   * @param duration for how long, if it does nothing more
   */
  record PenaltyBegan(Instant at, Penalty penalty, String misconduct, Duration duration)
      implements AuditEvent {}

  /**
   * A source is turned away no more.
   *
   * @param turnedAway its connections that were
   * @param reason why it ended
   */
  record PenaltyEnded(Instant at, Penalty penalty, long turnedAway, String reason)
      implements AuditEvent {}

  /**
   * A user was refused memory: what they have open holds their share, or all of it is used up. Told
   * once a minute at most, and not again before the user has given back half of it.
   *
   * @param user who was refused
   * @param held bytes that the user holds
   * @param share bytes that the user may hold at the moment
   * @param heldByAll bytes that all users hold together
   * @param total bytes that there are
   */
  record MemoryRefused(Instant at, String user, long held, long share, long heldByAll, long total)
      implements AuditEvent {}

  /** A client connected. */
  record ConnectionOpened(Instant at, Connection connection) implements OfConnection {}

  /**
   * A connection ended.
   *
   * @param user the authenticated user, if it came that far
   * @param clientVersion the client's identification string (RFC 4253, section 4.2), if it sent one
   * @param bytesIn from the client, on the wire
   * @param bytesOut to the client, on the wire
   */
  record ConnectionClosed(
      Instant at,
      Connection connection,
      Optional<String> user,
      Optional<String> clientVersion,
      Duration duration,
      long bytesIn,
      long bytesOut,
      String reason)
      implements OfConnection {}

  /**
   * What was shown for an authentication.
   *
   * @param method such as {@code publickey}
   * @param keyType such as {@code ssh-ed25519}; empty without a key
   * @param fingerprint {@code SHA256:…}; empty without a key
   * @param plugin the plugin that decided; empty when none claimed the key
   * @param certificate the certificate, if there is one; {@code fingerprint} is that of its key
   */
  record Evidence(
      String method,
      String keyType,
      String fingerprint,
      String plugin,
      Optional<Certificate> certificate) {
    /** Without a certificate. */
    public Evidence(String method, String keyType, String fingerprint, String plugin) {
      this(method, keyType, fingerprint, plugin, Optional.empty());
    }

    /** The same, of another method. */
    public Evidence withMethod(String other) {
      return new Evidence(other, keyType, fingerprint, plugin, certificate);
    }

    /** The same, by the decision of this plugin. */
    public Evidence withPlugin(String decided) {
      return new Evidence(method, keyType, fingerprint, decided, certificate);
    }
  }

  /**
   * What an OpenSSH certificate says of itself; believed only where the authentication succeeded.
   *
   * @param keyId what its authority calls it; any text
   * @param serial its number, which has no sign
   * @param authority {@code SHA256:…} of the key that is said to have signed it
   */
  record Certificate(String keyId, String serial, String authority) {}

  /**
   * A user proved to be who they say.
   *
   * @param label what a human calls the key
   * @param secondFactor what they proved besides the key
   */
  record AuthenticationSucceeded(
      Instant at,
      Connection connection,
      String user,
      Evidence evidence,
      String label,
      SecondFactor secondFactor)
      implements OfConnection {}

  /**
   * A key that a client asked about and did not prove. That is a question (RFC 4252, section 7) and
   * no attempt: stock clients ask about all of their keys.
   *
   * @param evidence the key
   * @param reason why it was not logged in with
   */
  record Offer(Evidence evidence, String reason) {}

  /**
   * An attempt to log in failed; or a connection ended whose client only offered keys, and then
   * {@code evidence} and {@code reason} are those of the most telling offer.
   *
   * @param offered the first offers, in the client's order; none for a single attempt
   * @param moreOffers how many there were besides
   */
  record AuthenticationFailed(
      Instant at,
      Connection connection,
      String user,
      Evidence evidence,
      String reason,
      List<Offer> offered,
      int moreOffers)
      implements OfConnection {
    public AuthenticationFailed {
      offered = List.copyOf(offered);
    }

    /** A single attempt. */
    public AuthenticationFailed(
        Instant at, Connection connection, String user, Evidence evidence, String reason) {
      this(at, connection, user, evidence, reason, List.of(), 0);
    }
  }

  /**
   * The login that a live connection rests on stands no more, so the connection ends.
   *
   * @param evidence of the login
   * @param reason why it stands no more
   */
  record ConnectionRevoked(
      Instant at, Connection connection, String user, Evidence evidence, String reason)
      implements OfConnection {}

  /**
   * A channel or request that is not a forward was refused.
   *
   * @param kind such as {@code exec}, {@code tcpip-forward}, {@code x11}
   * @param detail what exactly was asked for, such as the command; may be empty
   */
  record RequestRefused(
      Instant at, Connection connection, String user, String kind, String detail, String reason)
      implements OfConnection {}

  /**
   * A forward is joined to its target.
   *
   * @param address the address dialled
   * @param rule the rule that allowed it
   * @param record what the rule wants kept: {@code metadata} or {@code session}
   */
  record ForwardOpened(
      Instant at,
      Connection connection,
      Forward forward,
      InetSocketAddress address,
      String rule,
      String record)
      implements OfForward {}

  /** A forward was refused: by rule, built-in denial, restriction or limit. */
  record ForwardRefused(Instant at, Connection connection, Forward forward, Denial denial)
      implements OfForward {}

  /**
   * A forward was allowed, and its target did not answer.
   *
   * @param rule the rule that allowed it
   */
  record ForwardFailed(
      Instant at, Connection connection, Forward forward, String rule, String reason)
      implements OfForward {}

  /**
   * A forward ended.
   *
   * @param address the address dialled
   * @param rule the rule that allowed it
   * @param bytesToTarget payload the target was sent
   * @param bytesFromTarget payload the target sent
   * @param traffic what its bytes looked like
   */
  record ForwardClosed(
      Instant at,
      Connection connection,
      Forward forward,
      InetSocketAddress address,
      String rule,
      long bytesToTarget,
      long bytesFromTarget,
      Duration duration,
      String reason,
      TrafficSummary traffic)
      implements OfForward {}
}
