package dev.sallyport.policy;

import dev.sallyport.model.IpText;
import dev.sallyport.spi.Cidr;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Optional;

/** The ends of a network. */
final class AddressRange {
  private AddressRange() {}

  /** The address behind the last one of {@code network}; none behind the last address there is. */
  static Optional<InetAddress> behind(Cidr network) {
    byte[] first = network.network().getAddress();
    int bits = first.length * Byte.SIZE;
    BigInteger next =
        new BigInteger(1, first).add(BigInteger.ONE.shiftLeft(bits - network.prefix()));
    if (next.bitLength() > bits) {
      return Optional.empty();
    }
    byte[] bytes = new byte[first.length];
    byte[] significant = next.toByteArray(); // perhaps shorter, perhaps with a zero for the sign
    int length = Math.min(significant.length, bytes.length);
    System.arraycopy(
        significant, significant.length - length, bytes, bytes.length - length, length);
    return Optional.of(IpText.address(bytes));
  }
}
