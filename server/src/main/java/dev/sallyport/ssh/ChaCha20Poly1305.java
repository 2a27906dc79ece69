package dev.sallyport.ssh;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.mac.Poly1305Mac;

/**
 * {@code chacha20-poly1305@openssh.com} (OpenSSH, PROTOCOL.chacha20poly1305) from the JDK's
 * ChaCha20, which runs on vector instructions, and the library's Poly1305; the library's own cipher
 * spends most of its time in a ChaCha20 of plain Java.
 *
 * <p>OpenSSH's ChaCha20 has 64 bits of counter and 64 of nonce, the JDK's 32 and 96 (RFC 8439,
 * 2.3). They are the same while both upper halves are zero: a packet is shorter than 256 GiB, and
 * its sequence number has 32 bits.
 *
 * <p>An object serves one direction of one connection, and one thread at a time.
 */
final class ChaCha20Poly1305 implements Cipher {
  static final String NAME = "chacha20-poly1305@openssh.com";

  private static final int KEY_BYTES = 32;
  private static final int TAG_BYTES = 16;

  /**
   * A block of the key stream. The first block of a packet contains the key for Poly1305; the rest
   * of that block is not used.
   */
  private static final byte[] BLOCK = new byte[64];

  private final javax.crypto.Cipher lengths = chaCha20();
  private final javax.crypto.Cipher payloads = chaCha20();
  private final Poly1305Mac poly1305 = new Poly1305Mac();
  private final byte[] poly1305Key = new byte[BLOCK.length];
  private final ByteBuffer nonce = ByteBuffer.allocate(12);

  private Mode mode = Mode.Encrypt;
  private SecretKeySpec lengthKey = chaCha20Key(BLOCK, 0);
  private SecretKeySpec payloadKey = lengthKey;
  private int sequenceNumber;
  private long packets;

  /** Creates the cipher for each direction of each connection. */
  static final class Factory implements NamedFactory<Cipher> {
    @Override
    public String getName() {
      return NAME;
    }

    @Override
    public Cipher create() {
      return new ChaCha20Poly1305();
    }
  }

  private static javax.crypto.Cipher chaCha20() {
    try {
      return javax.crypto.Cipher.getInstance("ChaCha20");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no ChaCha20", e);
    }
  }

  private static SecretKeySpec chaCha20Key(byte[] bytes, int offset) {
    return new SecretKeySpec(bytes, offset, KEY_BYTES, "ChaCha20");
  }

  /**
   * @param key the key for payloads, then the key for lengths, 32 bytes each
   * @param iv the sequence number of the first packet, eight bytes, big-endian
   */
  @Override
  public void init(Mode direction, byte[] key, byte[] iv) {
    mode = direction;
    payloadKey = chaCha20Key(key, 0);
    lengthKey = chaCha20Key(key, KEY_BYTES);
    sequenceNumber = (int) ByteBuffer.wrap(iv).getLong();
    packets = 0;
  }

  /** Begins a packet with its length, which is encrypted with a key of its own. */
  @Override
  public void updateAAD(byte[] data, int offset, int length) throws Exception {
    beginPacket();
    if (mode == Mode.Decrypt) {
      poly1305.update(data, offset, length);
    }
    lengths.update(data, offset, length, data, offset);
    if (mode == Mode.Encrypt) {
      poly1305.update(data, offset, length);
    }
  }

  private void beginPacket() throws Exception {
    if (packets == 1L << 32) {
      throw new IllegalStateException("a sequence number may not come again under the same key");
    }
    packets++;
    ChaCha20ParameterSpec start =
        new ChaCha20ParameterSpec(nonce.putInt(8, sequenceNumber++).array(), 0);
    lengths.init(javax.crypto.Cipher.ENCRYPT_MODE, lengthKey, start);
    payloads.init(javax.crypto.Cipher.ENCRYPT_MODE, payloadKey, start);
    payloads.update(BLOCK, 0, BLOCK.length, poly1305Key, 0);
    poly1305.init(Arrays.copyOf(poly1305Key, KEY_BYTES));
  }

  /**
   * Ends a packet with its payload, which the tag follows.
   *
   * @throws AEADBadTagException if the tag is wrong; then nothing was decrypted
   */
  @Override
  public void update(byte[] data, int offset, int length) throws Exception {
    if (mode == Mode.Decrypt) {
      poly1305.update(data, offset, length);
      if (!Mac.equals(data, offset + length, poly1305.doFinal(), 0, TAG_BYTES)) {
        throw new AEADBadTagException("the tag of a packet does not match");
      }
    }
    payloads.update(data, offset, length, data, offset);
    if (mode == Mode.Encrypt) {
      poly1305.update(data, offset, length);
      poly1305.doFinal(data, offset + length);
    }
  }

  /** The library passes sequence numbers to ciphers of this name. */
  @Override
  public String getAlgorithm() {
    return "ChaCha20";
  }

  @Override
  public String getTransformation() {
    return "ChaCha20";
  }

  @Override
  public int getIVSize() {
    return Long.BYTES;
  }

  @Override
  public int getAuthenticationTagSize() {
    return TAG_BYTES;
  }

  /** The unit of a packet's length, in bytes. */
  @Override
  public int getCipherBlockSize() {
    return 8;
  }

  @Override
  public int getKdfSize() {
    return 2 * KEY_BYTES;
  }

  /** In bits. */
  @Override
  public int getKeySize() {
    return 2 * KEY_BYTES * Byte.SIZE;
  }
}
