package dev.sallyport.ssh;

import java.util.List;

/**
 * The algorithms a client may choose from, in order of preference, by their SSH names ({@code
 * sallyport.algorithms}). Each list has at least one; {@link AlgorithmCatalog} lists all names.
 *
 * @param keyExchanges RFC 4253, section 7
 * @param ciphers RFC 4253, section 6.3
 * @param macs RFC 4253, section 6.4; not used by ciphers that authenticate by themselves
 * @param publicKeys signature algorithms accepted from users (RFC 4252, section 7; RFC 8332)
 * @param hostKeys signature algorithms the host keys are used with
 */
public record Algorithms(
    List<String> keyExchanges,
    List<String> ciphers,
    List<String> macs,
    List<String> publicKeys,
    List<String> hostKeys) {
  public Algorithms {
    keyExchanges = List.copyOf(keyExchanges);
    ciphers = List.copyOf(ciphers);
    macs = List.copyOf(macs);
    publicKeys = List.copyOf(publicKeys);
    hostKeys = List.copyOf(hostKeys);
  }
}
