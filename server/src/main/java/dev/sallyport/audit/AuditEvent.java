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
 * An event of the audit log. Texts from the network are not escaped, because the encoder escapes
 * them.
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
   * The connection of an event.
   *
   * @param id the same on all of its events
   * @param source the client's address
   * @param local the local address
   * @param via the load balancer in between, if there is one
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

  /** An event about one connection. */
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

  /** An event about one forward. */
  sealed interface OfForward extends OfConnection {
    Forward forward();
  }

  /**
   * A forward.
   *
   * @param id unique
   * @param user the user's name
   * @param target as requested
   */
  record Forward(String id, String user, Target target) {}

  /**
   * The server has started.
   *
   * @param listen its addresses
   */
  record ServerStarted(Instant at, String version, List<InetSocketAddress> listen)
      implements AuditEvent {
    public ServerStarted {
      listen = List.copyOf(listen);
    }
  }

  /** The server stops; its last event. */
  record ServerStopped(Instant at, String reason) implements AuditEvent {}

  /**
   * The previous run, or the machine, was killed, so it wrote no stop. Connections that were open
   * then have no close in the log.
   */
  record RunEndedAbruptly(Instant at) implements AuditEvent {}

  /**
   * A configuration took effect.
   *
   * @param file the file it was read from
   * @param sha256 of the file, in lower-case hexadecimal
   */
  record ConfigurationLoaded(Instant at, String file, String sha256) implements AuditEvent {}

  /**
   * A changed configuration takes effect while the server runs.
   *
   * @param file the file it was read from
   * @param sha256 of the file, in lower-case hexadecimal
   * @param changed the keys whose values have changed, such as {@code rules.web-ssh.to}; never a
   *     value, which may be a secret
   * @param needRestart keys that have changed since the start, and take effect at the next start
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
   * A reload was refused, and the previous configuration stays in force.
   *
   * @param file the file it was read from
   * @param errors one line each
   */
  record ConfigurationRefused(Instant at, String file, List<String> errors) implements AuditEvent {
    public ConfigurationRefused {
      errors = List.copyOf(errors);
    }
  }

  /**
   * The known host keys of targets were changed by an operator.
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
   * An operator removed a target's known host keys, so that new ones are accepted. A running server
   * then also logs the change of its file, as {@link TargetKnownHostsChanged}.
   *
   * @param operator the operator's system account
   * @param behalf the user who called {@code sudo}, as it says
   * @param target the target with its port
   * @param keys the entries as text
   */
  record TargetKeysForgotten(
      Instant at, String operator, Optional<String> behalf, String target, List<String> keys)
      implements AuditEvent {
    public TargetKeysForgotten {
      keys = List.copyOf(keys);
    }
  }

  /**
   * An operator enrolled or removed a user's second factor.
   *
   * @param operator the operator's system account
   * @param behalf the user who called {@code sudo}, as it says
   * @param user the user's name
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
    /** The change. */
    public enum Change {
      /** The user has a new factor. */
      ENROLLED,
      /** The user's factor was removed. */
      REMOVED
    }
  }

  /**
   * The log ended in the middle of a line, whose bytes were set aside.
   *
   * @param file of the log
   * @param aside the file that contains the bytes now
   * @param bytes how many
   * @param sha256 of the bytes, in lower-case hexadecimal
   */
  record LogRepaired(Instant at, String file, String aside, long bytes, String sha256)
      implements AuditEvent {}

  /**
   * The log can be written again.
   *
   * @param since when the first write failed
   * @param fault why
   * @param lost the number of events that did not fit into memory
   */
  record LogRecovered(Instant at, Instant since, String fault, long lost) implements AuditEvent {}

  /**
   * A day's file of the log is replaced by a compressed one with the same lines.
   *
   * @param file the file that is removed
   * @param compressed the file that replaces it
   * @param span its events
   */
  record LogFileCompressed(Instant at, StoredFile file, StoredFile compressed, LogSpan span)
      implements AuditEvent {}

  /**
   * A file of the log is removed.
   *
   * @param span its events, which explain a gap in {@code metadata.sequence}
   */
  record LogFileRemoved(Instant at, StoredFile file, LogSpan span, String reason)
      implements AuditEvent {}

  /**
   * A file system that the server writes to is nearly full, or has free space again.
   *
   * @param path a folder on it
   * @param percent how full it is
   * @param freeBytes bytes that the server may still use
   * @param limit percent from which on it counts as nearly full
   * @param low whether it is nearly full
   */
  record DiskSpace(Instant at, String path, int percent, long freeBytes, int limit, boolean low)
      implements AuditEvent {}

  /**
   * A summary of unauthenticated clients' events that were not logged individually.
   *
   * @param since begin of the period; {@code at} is its end
   * @param connections connections without events of their own
   * @param refused those of them that were turned away before anything was read: by the limits on
   *     unauthenticated connections, for a penalty, or because the load balancer sent no valid
   *     header
   * @param penalised those of them that were turned away for a penalty
   * @param penalties penalties without events of their own
   * @param failures failed authentications without events of their own
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
   * A penalty, during which a source is turned away.
   *
   * @param source the address that caused it
   * @param network the source: the address, or an IPv6 /64
   * @param since when it began to be enforced
   */
  record Penalty(InetAddress source, String network, Instant since) {}

  /**
   * A penalty begins to be enforced.
   *
   * @param misconduct the last misconduct, as text
   * @param duration how long it will last without further misconduct
   */
  record PenaltyBegan(Instant at, Penalty penalty, String misconduct, Duration duration)
      implements AuditEvent {}

  /**
   * A penalty ends.
   *
   * @param turnedAway the number of connections that it turned away
   * @param reason why it ended
   */
  record PenaltyEnded(Instant at, Penalty penalty, long turnedAway, String reason)
      implements AuditEvent {}

  /**
   * A user was refused memory, because the user's share or all memory is used up. Logged once a
   * minute at most, and not again before the user has released half of it.
   *
   * @param user the user's name
   * @param held bytes that the user holds
   * @param share bytes that the user may hold at the moment
   * @param heldByAll bytes that all users hold together
   * @param total bytes of the account
   */
  record MemoryRefused(Instant at, String user, long held, long share, long heldByAll, long total)
      implements AuditEvent {}

  /** A client connected. */
  record ConnectionOpened(Instant at, Connection connection) implements OfConnection {}

  /**
   * A connection ended.
   *
   * @param user the authenticated user, if it was authenticated
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
   * The credentials of an authentication.
   *
   * @param method such as {@code publickey}
   * @param keyType such as {@code ssh-ed25519}; empty without a key
   * @param fingerprint {@code SHA256:…}; empty without a key
   * @param plugin the plugin that decided; empty when no plugin knew the key
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

    /** The same, with another method. */
    public Evidence withMethod(String other) {
      return new Evidence(other, keyType, fingerprint, plugin, certificate);
    }

    /** The same, with the plugin that decided. */
    public Evidence withPlugin(String decided) {
      return new Evidence(method, keyType, fingerprint, decided, certificate);
    }
  }

  /**
   * The contents of an OpenSSH certificate, which are verified only if the authentication
   * succeeded.
   *
   * @param keyId any text
   * @param serial an unsigned number
   * @param authority {@code SHA256:…} of the signing key that it names
   */
  record Certificate(String keyId, String serial, String authority) {}

  /**
   * A user has authenticated.
   *
   * @param label the comment of the key
   * @param secondFactor what the user has proven besides the key
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
   * A key that a client queried without proving it. A query (RFC 4252, section 7) is no attempt:
   * stock clients query all of their keys.
   *
   * @param evidence the key
   * @param reason why no login with it followed
   */
  record Offer(Evidence evidence, String reason) {}

  /**
   * An authentication failed, or a connection ended whose client had only queried keys. In the
   * latter case {@code evidence} and {@code reason} are those of the most informative query.
   *
   * @param offered the first queries, in the client's order; none for a single attempt
   * @param moreOffers the number of further queries
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
   * The login of a live connection is not valid any more, so the connection ends.
   *
   * @param evidence of the login
   * @param reason why it is not valid
   */
  record ConnectionRevoked(
      Instant at, Connection connection, String user, Evidence evidence, String reason)
      implements OfConnection {}

  /**
   * A channel or request that is not a forward was refused.
   *
   * @param kind such as {@code exec}, {@code tcpip-forward}, {@code x11}
   * @param detail the arguments, such as the command; may be empty
   */
  record RequestRefused(
      Instant at, Connection connection, String user, String kind, String detail, String reason)
      implements OfConnection {}

  /**
   * A forward is open.
   *
   * @param address the dialled address
   * @param rule the rule that allowed it
   * @param record what the rule records: {@code metadata} or {@code session}
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
   * A forward was allowed, but the target could not be reached.
   *
   * @param rule the rule that allowed it
   */
  record ForwardFailed(
      Instant at, Connection connection, Forward forward, String rule, String reason)
      implements OfForward {}

  /**
   * A forward ended.
   *
   * @param address the dialled address
   * @param rule the rule that allowed it
   * @param bytesToTarget payload sent to the target
   * @param bytesFromTarget payload sent by the target
   * @param traffic a summary of its traffic
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
