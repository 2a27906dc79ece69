package dev.sallyport.gateway.target;

import java.nio.file.Path;
import java.util.List;

/**
 * Whom the bastion takes for a target ({@code sallyport.targets}).
 *
 * @param knownHostsFiles the operator's, in OpenSSH's format (sshd(8), "SSH_KNOWN_HOSTS FILE
 *     FORMAT"); read besides {@code <state-dir>/known_hosts}
 * @param hostCas files with public keys, one a line, that may certify every target's host key
 * @param unknownHosts what becomes of a target of which no key is known
 */
public record TargetSettings(
    List<Path> knownHostsFiles, List<Path> hostCas, UnknownHosts unknownHosts) {
  /** Nothing is known beforehand; what is seen first is remembered. */
  public static final TargetSettings DEFAULT =
      new TargetSettings(List.of(), List.of(), UnknownHosts.ACCEPT_NEW);

  public TargetSettings {
    knownHostsFiles = List.copyOf(knownHostsFiles);
    hostCas = List.copyOf(hostCas);
  }

  /** What becomes of a target of which no key is known. */
  public enum UnknownHosts {
    /** Its key is remembered and audited; from then on a different one is refused. */
    ACCEPT_NEW,
    /** It is refused. */
    REFUSE
  }
}
