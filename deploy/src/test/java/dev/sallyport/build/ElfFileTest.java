package dev.sallyport.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demands of a program are those that the dynamic linker reads. */
class ElfFileTest {
  private static final Path JAVA = Path.of(System.getProperty("java.home"));

  /** A line of {@code ldd -v} under the file's own name: {@code libc.so.6 (GLIBC_2.17) => ...}. */
  private static final Pattern NEED = Pattern.compile("\\s+\\S+ \\(([^)]+)\\) => .*");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"bin/java", "lib/libjava.so", "lib/libnet.so", "lib/server/libjvm.so"})
  void needsWhatTheDynamicLinkerSaysItNeeds(String file) throws Exception {
    Path path = JAVA.resolve(file).toRealPath();
    ElfFile elf = ElfFile.read(path).orElseThrow();
    assertThat(elf.versions()).isEqualTo(asLddSays(path)).isNotEmpty();
  }

  private static Set<String> asLddSays(Path file) throws Exception {
    Process ldd = new ProcessBuilder("ldd", "-v", file.toString()).start();
    ldd.getOutputStream().close();
    String output = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(ldd.waitFor()).isZero();
    Set<String> versions = new TreeSet<>();
    boolean ours = false;
    for (String line : output.substring(output.indexOf("Version information:")).lines().toList()) {
      Matcher need = NEED.matcher(line);
      if (need.matches()) {
        if (ours) {
          versions.add(need.group(1));
        }
      } else {
        ours = line.strip().equals(file + ":");
      }
    }
    return versions;
  }

  @Test
  void isForTheMachineThatItRunsOn() throws Exception {
    Process uname = new ProcessBuilder("uname", "-m").start();
    String machine =
        new String(uname.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(ElfFile.read(JAVA.resolve("bin/java")).orElseThrow().architecture())
        .isEqualTo(machine);
  }

  @Test
  void aFileOfAnotherKindIsNone() throws IOException {
    assertThat(ElfFile.read(Files.writeString(folder.resolve("text"), "ELF"))).isEmpty();
    assertThat(ElfFile.read(Files.createFile(folder.resolve("empty")))).isEmpty();
  }

  /** A summary that leaves out a broken library would be a guess. */
  @ParameterizedTest
  @ValueSource(ints = {5, 40, 64, 200})
  void aFileThatIsCutShortIsAnError(int length) throws IOException {
    byte[] whole = Files.readAllBytes(JAVA.resolve("lib/libjava.so"));
    Path cut = Files.write(folder.resolve("cut.so"), Arrays.copyOf(whole, length));
    assertThatThrownBy(() -> ElfFile.read(cut))
        .isInstanceOf(IOException.class)
        .hasMessage(cut + ": is no whole ELF file");
  }
}
