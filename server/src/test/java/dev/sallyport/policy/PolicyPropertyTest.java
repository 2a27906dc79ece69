package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import dev.sallyport.spi.Cidr;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * No policy whatever grants an address that is denied. The denied sets are written down here a
 * second time, as arithmetic on whole addresses.
 */
class PolicyPropertyTest {
  private static final List<String> FORMS =
      List.of(
          "00000000000000000000ffff",
          "000000000000000000000000",
          "0000000000000000ffff0000",
          "0064ff9b0000000000000000",
          "0064ff9b0001000000000000",
          "fd0000020000000000005efe",
          "2600000000000001" + "02005efe");

  @Test
  void noDecisionGrantsADeniedAddress() {
    AtomicInteger granted = new AtomicInteger();
    AtomicInteger denied = new AtomicInteger();
    Fuzz.run(
        100_000,
        (fuzz, round) -> {
          byte[] v4 = dangerous(fuzz);
          InetAddress own = fuzz.address();
          InetAddress address =
              switch (fuzz.below(5)) {
                case 0 -> IpText.address(v4);
                case 1 -> IpText.address(carry(v4, fuzz));
                case 2 -> own;
                default -> fuzz.address();
              };
          Policy policy =
              new Policy(
                  List.of(around(address, fuzz), around(fuzz.address(), fuzz)),
                  List.of(),
                  Set.of(),
                  List.of(Samples.rule("all", "0.0.0.0/0:1-65535", "[::/0]:1-65535")));
          AddressDecision decision =
              policy.decide(
                  new Request(
                      Samples.ALICE,
                      Samples.SOURCE,
                      Samples.NOW,
                      new Host.Address(address),
                      address,
                      1 + fuzz.below(65535)),
                  Set.of(own));
          if (decision instanceof AddressDecision.Allowed) {
            granted.incrementAndGet();
            assertThat(isDenied(address)).as("%s", address).isFalse();
            assertThat(address).isNotEqualTo(own);
            assertThat(policy.privateNetworks())
                .as("%s", address)
                .anyMatch(network -> network.contains(address));
          } else {
            denied.incrementAndGet();
          }
        });
    assertThat(granted).as("the property is about something").hasPositiveValue();
    assertThat(denied).as("the property is about something").hasPositiveValue();
  }

  /** An IPv4 address, most often one that is denied. */
  private static byte[] dangerous(Fuzz fuzz) {
    byte[] tail = {(byte) fuzz.below(256), (byte) fuzz.below(256), (byte) fuzz.below(256)};
    return switch (fuzz.below(6)) {
      case 0 -> new byte[] {127, tail[0], tail[1], tail[2]};
      case 1 -> new byte[] {0, tail[0], tail[1], tail[2]};
      case 2 -> new byte[] {(byte) 169, (byte) 254, tail[1], tail[2]};
      case 3 -> new byte[] {(byte) (224 + fuzz.below(16)), tail[0], tail[1], tail[2]};
      case 4 -> new byte[] {-1, -1, -1, -1};
      default -> new byte[] {10, tail[0], tail[1], tail[2]};
    };
  }

  private static byte[] carry(byte[] v4, Fuzz fuzz) {
    byte[] bytes = new byte[16];
    switch (fuzz.below(3)) {
      case 0 -> {
        bytes[0] = 0x20;
        bytes[1] = 0x02;
        System.arraycopy(v4, 0, bytes, 2, 4);
      }
      case 1 -> {
        bytes[0] = 0x20;
        bytes[1] = 0x01;
        for (int i = 0; i < 4; i++) {
          bytes[12 + i] = (byte) (v4[i] ^ 0xff);
        }
        bytes[4] = 10;
      }
      default -> {
        byte[] prefix = java.util.HexFormat.of().parseHex(fuzz.pick(FORMS));
        System.arraycopy(prefix, 0, bytes, 0, 12);
        System.arraycopy(v4, 0, bytes, 12, 4);
      }
    }
    return bytes;
  }

  private static Cidr around(InetAddress address, Fuzz fuzz) {
    byte[] bytes = address.getAddress();
    int prefix = fuzz.below(bytes.length * 8 + 1);
    for (int bit = prefix; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
    }
    return new Cidr(IpText.address(bytes), prefix);
  }

  private static boolean isDenied(InetAddress address) {
    byte[] bytes = address.getAddress();
    BigInteger value = new BigInteger(1, bytes);
    if (bytes.length == 4) {
      return isDeniedV4(value.longValue());
    }
    long low = value.longValue() & 0xffffffffL;
    BigInteger high96 = value.shiftRight(32);
    boolean zeroOrOne = value.bitLength() <= 1;
    boolean tail =
        FORMS.subList(0, 5).stream().anyMatch(form -> high96.equals(new BigInteger(form, 16)))
            || ((value.shiftRight(32).longValue() & 0xfdffffffL) == 0x5efeL);
    return zeroOrOne
        || address.isLinkLocalAddress()
        || address.isMulticastAddress()
        || (tail && isDeniedV4(low))
        || (value.shiftRight(112).intValue() == 0x2002
            && isDeniedV4(value.shiftRight(80).longValue() & 0xffffffffL))
        || (value.shiftRight(96).longValue() == 0x20010000L
            && (isDeniedV4(low ^ 0xffffffffL)
                || isDeniedV4(value.shiftRight(64).longValue() & 0xffffffffL)));
  }

  private static boolean isDeniedV4(long value) {
    long first = value >> 24;
    return first == 127
        || first == 0
        || value >> 16 == 0xa9feL
        || (first >= 224 && first < 240)
        || value == 0xffffffffL;
  }
}
