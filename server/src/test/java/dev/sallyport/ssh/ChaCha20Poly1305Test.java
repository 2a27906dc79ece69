package dev.sallyport.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.IntStream;
import javax.crypto.AEADBadTagException;
import org.apache.sshd.common.cipher.ChaCha20Cipher;
import org.apache.sshd.common.cipher.Cipher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The peer is the library's own cipher, which stock ssh has proven for years. */
class ChaCha20Poly1305Test {
  private static final int LENGTH = Integer.BYTES;
  private static final int TAG = 16;
  private static final byte[] KEY = random(64, 7);

  /** Around the blocks of ChaCha20 (64) and of Poly1305 (16), and the longest packets. */
  static IntStream lengths() {
    return IntStream.of(0, 8, 16, 24, 56, 64, 72, 120, 128, 136, 1_024, 4_104, 32_768, 262_144);
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void writesWhatTheLibraryWrites(int length) throws Exception {
    Cipher ours = cipher(new ChaCha20Poly1305(), Cipher.Mode.Encrypt, 3);
    Cipher library = cipher(new ChaCha20Cipher(), Cipher.Mode.Encrypt, 3);
    for (int packet = 0; packet < 5; packet++) {
      assertThat(sealed(ours, plain(length, packet)))
          .isEqualTo(sealed(library, plain(length, packet)));
    }
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void readsWhatTheLibraryWrites(int length) throws Exception {
    Cipher library = cipher(new ChaCha20Cipher(), Cipher.Mode.Encrypt, 3);
    Cipher ours = cipher(new ChaCha20Poly1305(), Cipher.Mode.Decrypt, 3);
    for (int packet = 0; packet < 5; packet++) {
      byte[] plain = plain(length, packet);
      byte[] opened = opened(ours, sealed(library, plain));
      assertThat(Arrays.copyOf(opened, plain.length)).isEqualTo(plain);
    }
  }

  @Test
  void countsOverTheEndOfTheSequenceNumbers() throws Exception {
    long last = 0xFFFF_FFFFL;
    Cipher ours = cipher(new ChaCha20Poly1305(), Cipher.Mode.Encrypt, last);
    Cipher library = cipher(new ChaCha20Cipher(), Cipher.Mode.Encrypt, last);
    for (int packet = 0; packet < 3; packet++) {
      assertThat(sealed(ours, plain(64, packet))).isEqualTo(sealed(library, plain(64, packet)));
    }
  }

  @Test
  void refusesAPacketOfWhichAnyBitIsAnother() throws Exception {
    byte[] packet = sealed(cipher(new ChaCha20Cipher(), Cipher.Mode.Encrypt, 0), plain(48, 1));
    for (int bit = 0; bit < packet.length * Byte.SIZE; bit++) {
      byte[] changed = packet.clone();
      changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      Cipher ours = cipher(new ChaCha20Poly1305(), Cipher.Mode.Decrypt, 0);
      assertThatThrownBy(() -> opened(ours, changed)).isInstanceOf(AEADBadTagException.class);
    }
  }

  @Test
  void refusesAPacketThatComesAgain() throws Exception {
    byte[] packet = sealed(cipher(new ChaCha20Cipher(), Cipher.Mode.Encrypt, 0), plain(48, 1));
    Cipher ours = cipher(new ChaCha20Poly1305(), Cipher.Mode.Decrypt, 0);
    opened(ours, packet.clone());
    assertThatThrownBy(() -> opened(ours, packet)).isInstanceOf(AEADBadTagException.class);
  }

  /**
   * RFC 8439, A.2, vector 2 begins with block 1 under a nonce of zeros and a two, as the payload of
   * the packet with sequence number 2 does.
   */
  @Test
  void hasTheKeyStreamOfRfc8439() throws Exception {
    byte[] key = new byte[64];
    key[31] = 1;
    Cipher ours = new ChaCha20Poly1305();
    ours.init(Cipher.Mode.Encrypt, key, iv(2));
    byte[] packet = new byte[LENGTH + 64 + TAG];
    byte[] text =
        "Any submission to the IETF intended by the Contributor for publi"
            .getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, packet, LENGTH, text.length);
    ours.updateWithAAD(packet, 0, LENGTH, text.length);
    assertThat(HexFormat.of().formatHex(packet, LENGTH, LENGTH + text.length))
        .isEqualTo(
            "a3fbf07df3fa2fde4f376ca23e82737041605d9f4f4f57bd8cff2c1d4b7955ec"
                + "2a97948bd3722915c8f3d337f7d370050e9e96d647b7c39f56e031ca5eb6250d");
  }

  private static Cipher cipher(Cipher cipher, Cipher.Mode mode, long sequenceNumber)
      throws Exception {
    cipher.init(mode, KEY, iv(sequenceNumber));
    return cipher;
  }

  private static byte[] iv(long sequenceNumber) {
    return ByteBuffer.allocate(Long.BYTES).putLong(sequenceNumber).array();
  }

  private static byte[] plain(int length, int seed) {
    return random(LENGTH + length, seed);
  }

  private static byte[] sealed(Cipher cipher, byte[] plain) throws Exception {
    byte[] packet = Arrays.copyOf(plain, plain.length + TAG);
    cipher.updateWithAAD(packet, 0, LENGTH, plain.length - LENGTH);
    return packet;
  }

  /** In two steps, as a packet is read. */
  private static byte[] opened(Cipher cipher, byte[] packet) throws Exception {
    cipher.updateAAD(packet, 0, LENGTH);
    cipher.update(packet, LENGTH, packet.length - LENGTH - TAG);
    return packet;
  }

  private static byte[] random(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
