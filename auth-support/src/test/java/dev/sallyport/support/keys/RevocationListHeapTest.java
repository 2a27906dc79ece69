package dev.sallyport.support.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The largest list that is read costs no more than the heap has for it. */
class RevocationListHeapTest {
  /** A key id: with few bytes each in the file, these are what takes most in memory. */
  private static final int ID_BYTES = 4;

  private static final int HEAP_MIB = 64;

  /** Holds the largest list twice, as a reload does, in half of the heap. */
  public static final class Reload {
    private Reload() {}

    public static void main(String[] args) {
      byte[] promisedToForwards = new byte[HEAP_MIB / 2 * 1024 * 1024];
      List<RevocationList.Reading> lists = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        lists.add(RevocationList.read(largest()));
      }
      System.out.println(
          lists.stream().allMatch(RevocationList.Whole.class::isInstance)
              && promisedToForwards.length > 0);
    }
  }

  /** PROTOCOL.krl: a section of certificates of any authority, with one section of key ids. */
  private static byte[] largest() {
    int count = (RevocationList.LARGEST - 100) / (Integer.BYTES + ID_BYTES);
    int ids = count * (Integer.BYTES + ID_BYTES);
    ByteBuffer list = ByteBuffer.allocate(RevocationList.LARGEST);
    list.put("SSHKRL\n\0".getBytes(StandardCharsets.US_ASCII)).putInt(1);
    list.putLong(1).putLong(0).putLong(0).putInt(0).putInt(0);
    list.put((byte) 1).putInt(8 + 1 + Integer.BYTES + ids).putInt(0).putInt(0);
    list.put((byte) 0x23).putInt(ids);
    for (int i = 0; i < count; i++) {
      list.putInt(ID_BYTES);
      for (int digit = 0, rest = i; digit < ID_BYTES; digit++, rest /= 64) {
        list.put((byte) (' ' + rest % 64));
      }
    }
    byte[] content = new byte[list.position()];
    list.flip().get(content);
    return content;
  }

  @Test
  void theLargestListFitsTwiceBesideWhatForwardsWerePromised() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MIB + "m",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-cp",
                System.getProperty("java.class.path"),
                Reload.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(said).endsWith("true\n");
    assertThat(process.waitFor()).isZero();
  }
}
