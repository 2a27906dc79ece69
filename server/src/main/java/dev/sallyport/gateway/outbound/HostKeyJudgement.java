package dev.sallyport.gateway.outbound;

import dev.sallyport.gateway.outbound.KnownHosts.Entry;
import dev.sallyport.gateway.outbound.KnownHostsLine.Marker;
import dev.sallyport.gateway.outbound.TargetSettings.UnknownHosts;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides whether a target's host key is accepted. Reads and changes no files.
 *
 * @param names the names of the target, the dialled address first
 * @param known all known keys of all hosts
 * @param remembered the file that {@code sallyport known-hosts forget} changes
 */
record HostKeyJudgement(
    List<HostName> names, List<Entry> known, Path remembered, UnknownHosts unknownHosts) {
  /** The decision about a host key. */
  sealed interface Verdict {
    /** The key is known to be the target's. */
    record Trusted() implements Verdict {}

    /** No key of the target is known. This one is accepted if it can be remembered. */
    record AcceptNew() implements Verdict {}

    /**
     * The key is not accepted.
     *
     * @param sentence for the user
     */
    record Refused(String sentence) implements Verdict {}
  }

  HostKeyJudgement {
    List<HostName> called = List.copyOf(names);
    names = called;
    known = known.stream().filter(entry -> isAboutAny(entry, called)).toList();
  }

  private static boolean isAboutAny(Entry entry, List<HostName> names) {
    return names.stream().anyMatch(entry.line()::isAbout);
  }

  /**
   * The types of the known keys. They are requested first, so that the target shows a known key.
   */
  List<String> knownTypes() {
    return lines(Marker.HOST).map(entry -> entry.line().key().type()).distinct().toList();
  }

  /** Whether an authority is known that could have certified the target's key. */
  boolean hasAuthority() {
    return lines(Marker.AUTHORITY).findAny().isPresent();
  }

  Verdict of(PresentedKey presented, Instant now) {
    Optional<HostKey> authority = presented.authority();
    for (Entry entry : lines(Marker.REVOKED).toList()) {
      HostKey revoked = entry.line().key();
      if (revoked.equals(presented.key()) || authority.filter(revoked::equals).isPresent()) {
        return new Verdict.Refused(
            "the host key of %s is revoked in %s: %s; do not go there"
                .formatted(shown(), entry.file(), revoked.fingerprint()));
      }
    }
    Optional<String> certificateFault = Optional.empty();
    if (authority.isPresent()
        && lines(Marker.AUTHORITY).anyMatch(entry -> entry.line().key().equals(authority.get()))) {
      certificateFault = PresentedKey.fault(presented.certificate().orElseThrow(), names, now);
      if (certificateFault.isEmpty()) {
        return new Verdict.Trusted();
      }
    }
    Optional<Verdict> plain = ofPlain(presented.key());
    if (plain.isPresent()) {
      return plain.get();
    }
    if (certificateFault.isPresent()) {
      return new Verdict.Refused(
          "the certificate of %s's host key %s: its operator makes a new one with ssh-keygen -h"
              .formatted(shown(), certificateFault.get()));
    }
    return switch (unknownHosts) {
      case ACCEPT_NEW -> new Verdict.AcceptNew();
      case REFUSE ->
          new Verdict.Refused(
              "the host key of %s is not known (%s), and unknown-hosts = refuse: the operator adds it"
                      .formatted(shown(), presented.key())
                  + " to a file of sallyport.targets.known-hosts-files");
    };
  }

  /** Empty when no key is known for any of the names. */
  private Optional<Verdict> ofPlain(HostKey key) {
    boolean matched = false;
    for (HostName name : names) {
      List<Entry> mine = lines(Marker.HOST).filter(entry -> entry.line().isAbout(name)).toList();
      if (mine.stream().anyMatch(entry -> entry.line().key().equals(key))) {
        matched = true;
      } else if (!mine.isEmpty()) {
        // One name with a different key is enough to refuse.
        return Optional.of(changed(name, mine.getFirst(), key));
      }
    }
    return matched ? Optional.of(new Verdict.Trusted()) : Optional.empty();
  }

  private Verdict changed(HostName name, Entry before, HostKey key) {
    String todo =
        before.file().equals(remembered)
            ? "runs: sallyport known-hosts forget " + name.shown()
            : "changes " + before.file();
    return new Verdict.Refused(
        "the host key of %s has changed: %s was known, it shows %s; if you expected that, the operator %s"
            .formatted(name.shown(), before.line().key(), key, todo));
  }

  private String shown() {
    return names.getFirst().shown();
  }

  private Stream<Entry> lines(Marker marker) {
    return known.stream().filter(entry -> entry.line().marker() == marker);
  }
}
