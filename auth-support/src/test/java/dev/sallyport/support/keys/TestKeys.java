package dev.sallyport.support.keys;

import dev.sallyport.spi.OfferedKey;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;

/** Public keys in their wire encoding, made by hand from the RFCs and PROTOCOL.u2f. */
public final class TestKeys {
  private TestKeys() {}

  public static OfferedKey ed25519(int seed) {
    return key("ssh-ed25519", random(32, seed));
  }

  public static OfferedKey skEd25519(int seed) {
    return key("sk-ssh-ed25519@openssh.com", random(32, seed), text("ssh:"));
  }

  public static OfferedKey rsa(int bits) {
    BigInteger modulus = new BigInteger(bits, new Random(bits)).setBit(bits - 1).setBit(0);
    return key("ssh-rsa", BigInteger.valueOf(65537).toByteArray(), modulus.toByteArray());
  }

  public static OfferedKey ecdsa(int bits) {
    String curve = "nistp" + bits;
    return key("ecdsa-sha2-" + curve, text(curve), point(bits));
  }

  public static OfferedKey skEcdsa() {
    return key("sk-ecdsa-sha2-nistp256@openssh.com", text("nistp256"), point(256), text("ssh:"));
  }

  public static OfferedKey key(String type, byte[]... fields) {
    return new OfferedKey(wire(type, fields));
  }

  public static byte[] wire(String type, byte[]... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, text(type));
    for (byte[] field : fields) {
      write(out, field);
    }
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, byte[] string) {
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(string.length).array());
    out.writeBytes(string);
  }

  public static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  public static byte[] random(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** A true point of the curve, uncompressed: ssh-keygen checks that it is one. */
  public static byte[] point(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"));
      ECPublicKey key = (ECPublicKey) generator.generateKeyPair().getPublic();
      int size = (bits + 7) / 8;
      byte[] point = new byte[1 + 2 * size];
      point[0] = 4;
      put(key.getW().getAffineX(), point, 1, size);
      put(key.getW().getAffineY(), point, 1 + size, size);
      return point;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void put(BigInteger number, byte[] into, int at, int size) {
    byte[] bytes = number.toByteArray();
    byte[] plain = Arrays.copyOfRange(bytes, Math.max(0, bytes.length - size), bytes.length);
    System.arraycopy(plain, 0, into, at + size - plain.length, plain.length);
  }

  public static String base64(OfferedKey key) {
    return Base64.getEncoder().encodeToString(key.blob());
  }

  /** Type and base64, as on a line. */
  public static String line(OfferedKey key) {
    return key.type() + " " + base64(key);
  }
}
