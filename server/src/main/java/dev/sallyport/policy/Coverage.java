package dev.sallyport.policy;

import dev.sallyport.spi.Cidr;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Whether networks together contain every address of another. */
public final class Coverage {
  private Coverage() {}

  /** Whether each address of {@code network} is in at least one of {@code networks}. */
  public static boolean covers(Collection<Cidr> networks, Cidr network) {
    List<Cidr> parts = networks.stream().filter(network::overlaps).toList();
    if (parts.stream().anyMatch(one -> one.prefix() <= network.prefix())) {
      // Two networks that overlap are one in the other.
      return true;
    }
    List<Cidr> sorted = parts.stream().sorted(Comparator.comparing(Coverage::first)).toList();
    BigInteger open = first(network);
    for (Cidr one : sorted) {
      if (first(one).compareTo(open) > 0) {
        return false;
      }
      open = open.max(last(one).add(BigInteger.ONE));
    }
    return open.compareTo(last(network)) > 0;
  }

  private static BigInteger first(Cidr network) {
    return new BigInteger(1, network.network().getAddress());
  }

  private static BigInteger last(Cidr network) {
    int bits = network.network().getAddress().length * 8 - network.prefix();
    return first(network).add(BigInteger.ONE.shiftLeft(bits)).subtract(BigInteger.ONE);
  }
}
