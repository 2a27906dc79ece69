package dev.sallyport.spi;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a key, certificate or directory entry demands of those who use it. The server applies it, in
 * one place, after possession is proven. A plugin that meets a restriction it cannot put in here
 * must answer {@link Verdict.Refused}: a restriction that is dropped is a hole.
 *
 * <p>Plugins begin with {@link #NONE} and narrow it with the {@code with…} methods, never with the
 * constructor: there will be more components. What the bastion gives to nobody (listening ports,
 * X11, tunnels, a user's own start-up file) needs no restriction here.
 *
 * @param permissions what may be done
 * @param attestations for FIDO keys: what the signature must attest
 * @param sources where the client may come from: each of them must match
 * @param permitOpen where the user may go, by a forward or a session: one of each set must match;
 *     they narrow the rules and never widen them
 * @param command what every session of the user runs, whatever the client asks for: a command of
 *     the gateway ({@code ssh login@host …}), never a program of the bastion
 * @param validBefore from when on nobody may log in; none means that the right does not end by
 *     itself
 */
public record Restrictions(
    Set<Permission> permissions,
    Set<Attestation> attestations,
    List<SourcePatterns> sources,
    List<Set<PermittedDestination>> permitOpen,
    Optional<String> command,
    Optional<Instant> validBefore) {
  /** What may be done. */
  public enum Permission {
    /** Open forwards. */
    FORWARDING,
    /** Have a terminal in a session. */
    PTY,
    /** Forward the client's agent. */
    AGENT_FORWARDING
  }

  /** What the signature of a FIDO key can attest (OpenSSH's PROTOCOL.u2f). */
  public enum Attestation {
    /** The key was touched. */
    TOUCH,
    /** The person was verified by a PIN or a fingerprint. */
    VERIFICATION
  }

  /** What OpenSSH does for a key line without options. */
  public static final Restrictions NONE =
      new Restrictions(
          EnumSet.allOf(Permission.class),
          Set.of(Attestation.TOUCH),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty());

  public Restrictions {
    permissions = Set.copyOf(permissions);
    attestations = Set.copyOf(attestations);
    sources = List.copyOf(sources);
    permitOpen = permitOpen.stream().map(Set::copyOf).toList();
  }

  /** Whether it may be done. */
  public boolean permits(Permission permission) {
    return permissions.contains(permission);
  }

  /** Whether the signature must attest it. */
  public boolean demands(Attestation attestation) {
    return attestations.contains(attestation);
  }

  /** The same with this permitted. */
  public Restrictions with(Permission permission) {
    return withPermissions(plus(permissions, permission));
  }

  /** The same with this not permitted. */
  public Restrictions without(Permission permission) {
    return withPermissions(minus(permissions, permission));
  }

  /** The same with nothing permitted: OpenSSH's {@code restrict}. */
  public Restrictions withoutPermissions() {
    return withPermissions(Set.of());
  }

  private Restrictions withPermissions(Set<Permission> changed) {
    return new Restrictions(changed, attestations, sources, permitOpen, command, validBefore);
  }

  /** The same with this demanded. */
  public Restrictions with(Attestation attestation) {
    return withAttestations(plus(attestations, attestation));
  }

  /** The same with this not demanded. */
  public Restrictions without(Attestation attestation) {
    return withAttestations(minus(attestations, attestation));
  }

  private Restrictions withAttestations(Set<Attestation> changed) {
    return new Restrictions(permissions, changed, sources, permitOpen, command, validBefore);
  }

  /** The same, only from there as well. */
  public Restrictions withSource(SourcePatterns source) {
    return new Restrictions(
        permissions, attestations, plus(sources, source), permitOpen, command, validBefore);
  }

  /** The same, only to one of these; to nowhere when there is none. */
  public Restrictions withPermitOpen(Set<PermittedDestination> destinations) {
    return new Restrictions(
        permissions, attestations, sources, plus(permitOpen, destinations), command, validBefore);
  }

  /** The same with this command for every session. */
  public Restrictions withCommand(String forced) {
    return new Restrictions(
        permissions, attestations, sources, permitOpen, Optional.of(forced), validBefore);
  }

  /** The same, ending then or when it ends already, whichever comes first. */
  public Restrictions withValidBefore(Instant end) {
    Instant earlier = validBefore.filter(end::isAfter).orElse(end);
    return new Restrictions(
        permissions, attestations, sources, permitOpen, command, Optional.of(earlier));
  }

  /**
   * All that both demand, as for a certificate and the line that trusts its authority; nothing when
   * both cannot hold, because each forces another command: then nobody may log in.
   */
  public Optional<Restrictions> and(Restrictions other) {
    if (command.isPresent() && other.command.isPresent() && !command.equals(other.command)) {
      return Optional.empty();
    }
    Set<Permission> both = EnumSet.noneOf(Permission.class);
    both.addAll(permissions);
    both.retainAll(other.permissions);
    Set<Attestation> either = EnumSet.noneOf(Attestation.class);
    either.addAll(attestations);
    either.addAll(other.attestations);
    return Optional.of(
        new Restrictions(
            both,
            either,
            union(sources, other.sources),
            union(permitOpen, other.permitOpen),
            command.or(other::command),
            Stream.concat(validBefore.stream(), other.validBefore.stream())
                .min(Instant::compareTo)));
  }

  private static <T> List<T> union(List<T> one, List<T> other) {
    return Stream.concat(one.stream(), other.stream()).distinct().toList();
  }

  private static <T> List<T> plus(List<T> list, T one) {
    List<T> longer = new ArrayList<>(list);
    longer.add(one);
    return longer;
  }

  private static <E extends Enum<E>> Set<E> plus(Set<E> set, E one) {
    Set<E> larger = EnumSet.of(one);
    larger.addAll(set);
    return larger;
  }

  private static <E extends Enum<E>> Set<E> minus(Set<E> set, E one) {
    Set<E> smaller = EnumSet.of(one);
    smaller.addAll(set);
    smaller.remove(one);
    return smaller;
  }
}
