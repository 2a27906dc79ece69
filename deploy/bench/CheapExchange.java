import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.apache.sshd.client.kex.DHGClient;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.digest.Digest;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.DHGroupData;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.server.kex.DHGServer;

/**
 * {@code diffie-hellman-group16-sha512} with a private key of 13 bits, where honest ones have
 * hundreds: what takes the other side tens of milliseconds takes less than one here. (With a
 * private key of 1 it would take nothing; but sshd refuses the public value of 2.)
 */
final class CheapExchange extends AbstractDH {
  private static final BigInteger PRIME = new BigInteger(1, DHGroupData.getP16());
  private static final BigInteger PRIVATE = BigInteger.valueOf(4100);
  private static final byte[] PUBLIC = BigInteger.TWO.modPow(PRIVATE, PRIME).toByteArray();

  private BigInteger theirs = BigInteger.ZERO;

  /** What is sent, as RFC 4253, section 8, encodes it. */
  static byte[] publicValue() {
    return PUBLIC;
  }

  /** Where a server does not have it, the cheapest that every server has. */
  static List<KeyExchangeFactory> ofClient() {
    return List.of(
        DHGClient.newFactory(new Factory()), DHGClient.newFactory(BuiltinDHFactories.curve25519));
  }

  /** The bastion has it for targets. */
  static List<KeyExchangeFactory> ofServer() {
    return List.of(DHGServer.newFactory(new Factory()));
  }

  private static final class Factory implements DHFactory {
    @Override
    public String getName() {
      return "diffie-hellman-group16-sha512";
    }

    @Override
    public boolean isSupported() {
      return true;
    }

    @Override
    public boolean isGroupExchange() {
      return false;
    }

    @Override
    public AbstractDH create(Object... parameters) {
      return new CheapExchange();
    }
  }

  @Override
  public void setF(byte[] value) {
    theirs = new BigInteger(1, value);
  }

  @Override
  protected byte[] calculateE() {
    return PUBLIC;
  }

  @Override
  protected byte[] calculateK() {
    byte[] bytes = theirs.modPow(PRIVATE, PRIME).toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  @Override
  public Digest getHash() {
    return BuiltinDigests.sha512.create();
  }
}
