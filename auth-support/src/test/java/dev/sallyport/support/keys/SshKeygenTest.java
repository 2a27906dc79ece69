package dev.sallyport.support.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.spi.OfferedKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys of the real ssh-keygen. */
class SshKeygenTest {
  @TempDir Path temporary;

  @BeforeAll
  static void needsSshKeygen() {
    boolean there =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "ssh-keygen")));
    assumeTrue(there, "ssh-keygen is not installed: keys of the real one were not tried");
  }

  private static String keygen(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ssh-keygen"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  private static KeyLine.UsableKey usable(String line) {
    KeyLine parsed = new KeyLineParser(KeyOwner.ONE_USER, ZoneOffset.UTC).parse(line);
    assertThat(parsed).isInstanceOf(KeyLine.UsableKey.class);
    return (KeyLine.UsableKey) parsed;
  }

  @ParameterizedTest
  @CsvSource({"rsa,2048", "rsa,3072", "ed25519,256", "ecdsa,256", "ecdsa,384", "ecdsa,521"})
  void readsWhatSshKeygenMakes(String type, String bits) throws Exception {
    Path file = temporary.resolve("key");
    keygen("-q", "-t", type, "-b", bits, "-N", "", "-C", "alice@laptop", "-f", file.toString());
    KeyLine.UsableKey key = usable(Files.readString(Path.of(file + ".pub")).strip());
    assertThat(key.comment()).isEqualTo("alice@laptop");
    assertThat(keygen("-l", "-f", file + ".pub")).contains(key.key().fingerprint());
  }

  /** As AWS gives them out: a PEM file, from which the public key is taken. */
  @Test
  void readsThePublicKeyOfAPemFile() throws Exception {
    Path file = temporary.resolve("local-to-bastion.pem");
    keygen("-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", file.toString());
    assertThat(Files.readString(file)).startsWith("-----BEGIN RSA PRIVATE KEY-----");
    KeyLine.UsableKey key = usable(keygen("-y", "-f", file.toString()).strip());
    assertThat(key.key().type()).isEqualTo("ssh-rsa");
  }

  @Test
  void refusesWhatSshKeygenSigns() throws Exception {
    String authority = temporary.resolve("ca").toString();
    String key = temporary.resolve("key").toString();
    keygen("-q", "-t", "ed25519", "-N", "", "-f", authority);
    keygen("-q", "-t", "ed25519", "-N", "", "-f", key);
    keygen("-q", "-s", authority, "-I", "id", "-n", "alice", key + ".pub");
    String line = Files.readString(Path.of(key + "-cert.pub")).strip();
    assertThat(new KeyLineParser(KeyOwner.ONE_USER, ZoneOffset.UTC).parse(line))
        .isInstanceOfSatisfying(
            KeyLine.RefusedKey.class,
            refused -> assertThat(refused.reason()).contains("certificate"));
  }

  static Stream<OfferedKey> madeByHand() {
    return Stream.of(
        TestKeys.skEd25519(5),
        TestKeys.skEcdsa(),
        TestKeys.ecdsa(256),
        TestKeys.ecdsa(521),
        TestKeys.ed25519(5),
        TestKeys.rsa(2048));
  }

  /** FIDO keys need hardware to be made; that these are right, ssh-keygen says. */
  @ParameterizedTest
  @MethodSource("madeByHand")
  void keysMadeByHandAreKeysToSshKeygenToo(OfferedKey key) throws Exception {
    Path file = Files.writeString(temporary.resolve("key.pub"), TestKeys.line(key) + " hand\n");
    assertThat(keygen("-l", "-f", file.toString())).contains(key.fingerprint());
    assertThat(usable(TestKeys.line(key)).key()).isEqualTo(key);
  }
}
