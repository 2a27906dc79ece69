package dev.sallyport.gateway.outbound;

import java.nio.file.Path;
import java.util.List;

/**
 * How the bastion verifies targets ({@code sallyport.targets}).
 *
 * @param knownHostsFiles the operator's files, in OpenSSH's format (sshd(8), "SSH_KNOWN_HOSTS FILE
 *     FORMAT"); read besides {@code <state-dir>/known_hosts}
 * @param hostCas files with public keys, one a line, that may certify every target's host key
 * @param unknownHosts what becomes of a target of which no key is known
 */
public record TargetSettings(
    List<Path> knownHostsFiles, List<Path> hostCas, UnknownHosts unknownHosts) {
  /** No keys are known beforehand; the first key of a target is remembered. */
  public static final TargetSettings DEFAULT =
      new TargetSettings(List.of(), List.of(), UnknownHosts.ACCEPT_NEW);

  public TargetSettings {
    knownHostsFiles = List.copyOf(knownHostsFiles);
    hostCas = List.copyOf(hostCas);
  }

  /** What becomes of a target of which no key is known. */
  public enum UnknownHosts {
    /** Its key is remembered and logged; later, a different key is refused. */
    ACCEPT_NEW,
    /** The target is refused. */
    REFUSE
  }
}
