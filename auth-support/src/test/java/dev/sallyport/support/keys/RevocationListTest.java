package dev.sallyport.support.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.OfferedKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of the real ssh-keygen, and lists that it would not make. */
class RevocationListTest {
  private static final byte[] HEADER =
      HexFormat.of()
          .parseHex("5353484b524c0a00" + "00000001" + "0".repeat(16 * 3) + "00000000" + "00000000");

  @TempDir Path temporary;
  private SshKeygen keygen;

  @BeforeEach
  void makeAuthorities() throws Exception {
    keygen = new SshKeygen(temporary);
    keygen.key("ca");
    keygen.key("other");
    keygen.key("alice");
    keygen.key("bob");
  }

  private static RevocationList read(byte[] content) {
    RevocationList.Reading reading = RevocationList.read(content);
    assertThat(reading).isInstanceOf(RevocationList.Whole.class);
    return ((RevocationList.Whole) reading).list();
  }

  private RevocationList list(String... specification) {
    return read(keygen.krl("krl", List.of(specification), List.of("-s", "ca.pub")));
  }

  private OfferedKey signed(String authority, String id, String serial) {
    return keygen.sign(authority, "alice", "-I", id, "-n", "alice", "-z", serial);
  }

  private static void assertBroken(byte[] content, String what) {
    assertThat(RevocationList.read(content))
        .isInstanceOfSatisfying(
            RevocationList.Broken.class, broken -> assertThat(broken.what()).contains(what));
  }

  @ParameterizedTest
  @CsvSource({
    "serial: 42, 42, 41",
    "serial: 10-20, 15, 21",
    "serial: 18446744073709551615, 18446744073709551615, 18446744073709551614",
    "serial: 1-18446744073709551615, 9223372036854775808, 0",
  })
  void revokesSerialNumbersOfOneAuthority(String line, String revoked, String free) {
    RevocationList list = list(line);
    assertThat(list.revokes(signed("ca", "id", revoked)).orElseThrow()).contains(revoked);
    assertThat(list.revokes(signed("ca", "id", free))).isEmpty();
    assertThat(list.revokes(signed("other", "id", revoked))).isEmpty();
  }

  @Test
  void revokesKeyIds() {
    RevocationList list = list("id: alice's laptop");
    assertThat(list.revokes(signed("ca", "alice's laptop", "0"))).isPresent();
    assertThat(list.revokes(signed("ca", "alice's", "0"))).isEmpty();
    assertThat(list.revokes(signed("other", "alice's laptop", "0"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"key: ", "sha1: ", "sha256: "})
  void revokesAKeyAndItsCertificatesAndAnAuthority(String kind) {
    RevocationList key = list(kind + keygen.line("alice"));
    assertThat(key.revokes(keygen.publicKey("alice"))).contains("the key is revoked");
    assertThat(key.revokes(signed("ca", "id", "1"))).contains("the certificate's key is revoked");
    assertThat(key.revokes(keygen.publicKey("bob"))).isEmpty();
    RevocationList authority = list(kind + keygen.line("ca"));
    assertThat(authority.revokes(signed("ca", "id", "1")))
        .contains("the certificate's authority is revoked");
    assertThat(authority.revokes(signed("other", "id", "1"))).isEmpty();
  }

  @Test
  void revokesByTheHashThatSshKeygenPrints() {
    RevocationList list = list("hash: " + keygen.publicKey("alice").fingerprint());
    assertThat(list.revokes(keygen.publicKey("alice"))).isPresent();
    assertThat(list.revokes(keygen.publicKey("bob"))).isEmpty();
  }

  @Test
  void revokesACertificateWithoutItsKey() {
    OfferedKey revoked = signed("ca", "id", "7");
    byte[] krl = keygen.krl("krl", List.of(), List.of("alice-cert.pub"));
    assertThat(read(krl).revokes(revoked)).isPresent();
    assertThat(read(krl).revokes(keygen.publicKey("alice"))).isEmpty();
    assertThat(read(krl).revokes(signed("ca", "id", "8"))).isEmpty();
  }

  @Test
  void revokesWhatAnUpdateAdds() {
    keygen.krl("krl", List.of("serial: 1"), List.of("-s", "ca.pub"));
    RevocationList list =
        read(keygen.krl("krl", List.of("serial: 3"), List.of("-u", "-s", "ca.pub")));
    assertThat(list.revokes(signed("ca", "id", "1"))).isPresent();
    assertThat(list.revokes(signed("ca", "id", "2"))).isEmpty();
    assertThat(list.revokes(signed("ca", "id", "3"))).isPresent();
  }

  @Test
  void revokesOfEveryAuthorityWhereNoneIsNamed() {
    byte[] krl = keygen.krl("krl", List.of("serial: 5", "id: x"), List.of("-s", "none"));
    assertThat(read(krl).revokes(signed("ca", "id", "5"))).isPresent();
    assertThat(read(krl).revokes(signed("other", "x", "6"))).isPresent();
    assertThat(read(krl).revokes(signed("other", "id", "6"))).isEmpty();
  }

  /** As many random lists as take a few seconds, each asked of as many certificates. */
  @Test
  void saysWhatSshKeygenSaysOfRandomLists() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    TreeMap<String, OfferedKey> certificates = new TreeMap<>();
    for (int i = 0; i < 16; i++) {
      String name = "user" + i;
      keygen.key(name);
      certificates.put(
          name + "-cert",
          keygen.sign(
              random.nextBoolean() ? "ca" : "other",
              name,
              "-I",
              "id" + random.nextInt(8),
              "-n",
              "alice",
              "-z",
              serial(random)));
      certificates.put(name, keygen.publicKey(name));
    }
    for (int i = 0; i < 12; i++) {
      List<String> lines = new ArrayList<>();
      for (int j = random.nextInt(60); j >= 0; j--) {
        lines.add(randomLine(random));
      }
      byte[] krl =
          keygen.krl("krl", lines, List.of("-s", random.nextBoolean() ? "ca.pub" : "none"));
      RevocationList list = read(krl);
      for (var named : certificates.entrySet()) {
        assertThat(list.revokes(named.getValue()).isPresent())
            .as("seed %d, %s, %s", seed, named.getKey(), lines)
            .isEqualTo(keygen.isRevoked("krl", named.getKey()));
      }
    }
  }

  private static String serial(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> Long.toUnsignedString(Long.MIN_VALUE + random.nextInt(100));
      case 1 -> Integer.toString(1 + random.nextInt(1000));
      default -> Integer.toString(1 + random.nextInt(100));
    };
  }

  private String randomLine(Random random) {
    String user = keygen.line("user" + random.nextInt(16));
    return switch (random.nextInt(24)) {
      case 0 -> "id: id" + random.nextInt(8);
      case 1 -> "key: " + user;
      case 2 -> "sha1: " + user;
      case 3 -> "sha256: " + user;
      case 4 -> {
        int from = 1 + random.nextInt(1000);
        // ssh-keygen refuses a range of one number.
        yield "serial: " + from + "-" + (from + 1 + random.nextInt(100));
      }
      default -> "serial: " + serial(random);
    };
  }

  @Test
  void isBrokenWhereverItIsCut() {
    byte[] krl =
        keygen.krl(
            "krl",
            List.of(
                "serial: 1",
                "serial: 7-900",
                "id: x",
                "key: " + keygen.line("alice"),
                "sha1: " + keygen.line("alice"),
                "sha256: " + keygen.line("bob")),
            List.of("-s", "ca.pub"));
    List<Integer> ends = sectionEnds(krl);
    assertThat(ends).hasSizeGreaterThan(3).endsWith(krl.length);
    for (int length = 0; length < krl.length; length++) {
      // Where a section ends, what is there is a list too; nothing in the format tells.
      if (!ends.contains(length)) {
        assertThat(RevocationList.read(Arrays.copyOf(krl, length)))
            .as("%d of %d", length, krl.length)
            .isInstanceOf(RevocationList.Broken.class);
      }
    }
  }

  private static List<Integer> sectionEnds(byte[] krl) {
    List<Integer> ends = new ArrayList<>();
    ByteBuffer rest = ByteBuffer.wrap(krl).position(HEADER.length);
    ends.add(rest.position());
    while (rest.hasRemaining()) {
      rest.get();
      int length = rest.getInt();
      rest.position(rest.position() + length);
      ends.add(rest.position());
    }
    return ends;
  }

  @Test
  void anEmptyFileIsNoList() {
    assertBroken(new byte[0], "is empty");
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    byte[] version = HEADER.clone();
    version[11] = 2;
    assertBroken(version, "version");
    assertBroken(with(section(6)), "not known");
    assertBroken(with(section(2, string(1, 2, 3))), "it has an invalid key");
    assertBroken(with(section(1, string(), string(), section(0x24))), "not known");
    assertBroken(with(section(255, string('x'), new byte[] {1}, string())), "critical extension");
    assertThat(read(with(section(255, string('x'), new byte[] {0}, string())))).isNotNull();
    assertBroken(
        with(section(1, string(), string(), section(0x39, string(), new byte[] {1}, string()))),
        "critical extension");
  }

  @Test
  void refusesWhatSshKeygenRefuses() throws Exception {
    List<byte[]> wrong =
        List.of(
            certificates(section(0x20, number(0))),
            certificates(section(0x21, number(0), number(5))),
            certificates(section(0x21, number(6), number(5))),
            certificates(section(0x21, number(6))),
            certificates(section(0x20, new byte[7])),
            certificates(section(0x22, number(-1), string(3))),
            certificates(section(0x22, number(0), string(1))),
            certificates(section(0x22, number(9), string(0x80))),
            with(section(1, string(1, 2, 3), string())),
            with(section(3, string(1, 2, 3))),
            with(section(5, string(1, 2, 3))),
            with(new byte[] {1}));
    for (byte[] content : wrong) {
      assertThat(RevocationList.read(content))
          .as(HexFormat.of().formatHex(content))
          .isInstanceOf(RevocationList.Broken.class);
      Files.write(temporary.resolve("krl"), content);
      assertThat(keygen.run("-Q", "-f", "krl", "alice.pub").output())
          .as(HexFormat.of().formatHex(content))
          .doesNotContain(": ok");
    }
  }

  @Test
  void aRangeOfAllNumbersTakesNoMemoryAndNoTime() {
    RevocationList list = read(certificates(section(0x21, number(1), number(-1))));
    assertThat(list.revokes(signed("ca", "id", "18446744073709551615"))).isPresent();
  }

  /** A million of numbers one by one, and a bitmap of sixteen million. */
  @Test
  void aListOfAMillionIsAskedQuickly() {
    ByteBuffer numbers = ByteBuffer.allocate(8 * 1_000_000);
    for (long i = 1; i <= 1_000_000; i++) {
      numbers.putLong(i * 1000);
    }
    byte[] bits = new byte[2 * 1024 * 1024];
    Arrays.fill(bits, (byte) 0x55);
    RevocationList list =
        read(
            certificates(
                section(0x20, numbers.array()), section(0x22, number(1L << 40), string(bits))));
    OfferedKey listed = signed("ca", "id", "999999000");
    OfferedKey free = signed("ca", "id", "999999001");
    OfferedKey set = signed("ca", "id", Long.toString((1L << 40) + 2));
    OfferedKey unset = signed("ca", "id", Long.toString((1L << 40) + 3));
    long begin = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      assertThat(list.revokes(listed)).isPresent();
      assertThat(list.revokes(free)).isEmpty();
      assertThat(list.revokes(set)).isPresent();
      assertThat(list.revokes(unset)).isEmpty();
    }
    assertThat(System.nanoTime() - begin).isLessThan(5_000_000_000L);
  }

  @Test
  void aSignatureMustHoldAndComeLast() throws Exception {
    byte[] list = certificates(section(0x20, number(5)));
    assertThat(read(Forged.signList(list)).revokes(signed("ca", "id", "5"))).isPresent();
    byte[] changed = Forged.signList(list);
    changed[list.length - 1] ^= 1;
    assertBroken(changed, "signature that does not hold");
    ByteArrayOutputStream longer = new ByteArrayOutputStream();
    longer.writeBytes(Forged.signList(list));
    longer.writeBytes(section(3));
    assertBroken(longer.toByteArray(), "follows its signature");
  }

  @Test
  void readsAListOfPublicKeysAsSshdDoes() {
    OfferedKey certificate = signed("ca", "id", "1");
    RevocationList keys = text("# old", "", keygen.line("alice"));
    assertThat(keys.revokes(keygen.publicKey("alice"))).isPresent();
    assertThat(keys.revokes(certificate)).isPresent();
    assertThat(keys.revokes(keygen.publicKey("bob"))).isEmpty();
    assertThat(text(keygen.line("ca")).revokes(certificate)).isPresent();
    assertThat(text(keygen.line("alice-cert")).revokes(keygen.publicKey("alice"))).isPresent();
    assertThat(text(TestKeys.line(TestKeys.rsa(1024))).revokes(TestKeys.rsa(1024))).isPresent();
    assertThat(text("# none").revokes(certificate)).isEqualTo(Optional.empty());
  }

  private static RevocationList text(String... lines) {
    return read((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rubbish", "ssh-ed25519", "ssh-ed25519 AAAA", "SSHKRL", "restrict KEY"})
  void aLineThatCannotBeReadBreaksAListOfPublicKeys(String line) {
    byte[] content =
        (keygen.line("bob") + "\n" + line.replace("KEY", keygen.line("alice")) + "\n")
            .getBytes(StandardCharsets.UTF_8);
    assertBroken(content, "line 2");
  }

  private static byte[] with(byte[]... sections) {
    return joined(HEADER, joined(sections));
  }

  private static byte[] certificates(byte[]... sections) {
    return with(section(1, string(), string(), joined(sections)));
  }

  private static byte[] section(int type, byte[]... content) {
    return joined(new byte[] {(byte) type}, string(joined(content)));
  }

  private static byte[] string(int... bytes) {
    byte[] content = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      content[i] = (byte) bytes[i];
    }
    return string(content);
  }

  private static byte[] string(byte[] content) {
    return joined(ByteBuffer.allocate(4).putInt(content.length).array(), content);
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
