package dev.sallyport.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runtime is made again when what it was made of has changed, and only then. */
class RuntimeImageTest {
  private static final String MODULES = "java.base,java.xml";

  @TempDir Path folder;

  /** A JDK whose jlink makes a runtime that names the modules, and which counts its runs. */
  @BeforeEach
  void makeJdk() throws IOException {
    Files.createDirectories(folder.resolve("jdk/bin"));
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.3\"\n");
    program(
        folder.resolve("jdk/bin/jlink"),
        """
        echo run >> %s
        while [ $# -gt 0 ]; do
          case $1 in
            --add-modules) modules=$2 ;;
            --output) output=$2 ;;
          esac
          shift
        done
        mkdir -p "$output/bin"
        echo "$modules" > "$output/release"
        printf '#!/bin/sh\\nexit 0\\n' > "$output/bin/java"
        chmod 755 "$output/bin/java"
        """
            .formatted(folder.resolve("runs")));
  }

  private static void program(Path path, String text) throws IOException {
    Files.writeString(path, "#!/bin/sh\nset -eu\n" + text);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private boolean make(String modules) throws Exception {
    return new RuntimeImage(
            folder.resolve("jdk"), modules, folder.resolve("image"), folder.resolve("stamp"))
        .make();
  }

  private long runs() throws IOException {
    return Files.readAllLines(folder.resolve("runs")).size();
  }

  @Test
  void isMadeOnceOfTheSameJdkAndModules() throws Exception {
    assertThat(make(MODULES)).isTrue();
    assertThat(make(MODULES)).isFalse();
    assertThat(runs()).isEqualTo(1);
    assertThat(folder.resolve("image/release")).hasContent(MODULES);
    assertThat(folder.resolve("image.new")).doesNotExist();
  }

  @Test
  void isMadeAgainOfANewerJdk() throws Exception {
    make(MODULES);
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.4\"\n");
    assertThat(make(MODULES)).isTrue();
    assertThat(make(MODULES)).isFalse();
    assertThat(runs()).isEqualTo(2);
  }

  @Test
  void isMadeAgainOfOtherModules() throws Exception {
    make(MODULES);
    assertThat(make("java.base")).isTrue();
    assertThat(folder.resolve("image/release")).hasContent("java.base");
  }

  /** An older build of Sallyport left no stamp. */
  @Test
  void isMadeAgainWhenNothingSaysOfWhatItIs() throws Exception {
    make(MODULES);
    Files.delete(folder.resolve("stamp"));
    assertThat(make(MODULES)).isTrue();
  }

  @Test
  void isMadeAgainWhenItWasRemoved() throws Exception {
    make(MODULES);
    Folders.delete(folder.resolve("image"));
    assertThat(make(MODULES)).isTrue();
    assertThat(folder.resolve("image/release")).exists();
  }

  @Test
  void aFailureLeavesTheFormerRuntimeAndIsTriedAgain() throws Exception {
    make(MODULES);
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.4\"\n");
    Path jlink = folder.resolve("jdk/bin/jlink");
    String works = Files.readString(jlink);
    Files.writeString(jlink, "#!/bin/sh\necho 'Module java.xml not found'\nexit 1\n");
    assertThatThrownBy(() -> make(MODULES))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("exited with 1: Module java.xml not found");
    assertThat(folder.resolve("image/release")).hasContent(MODULES);
    Files.writeString(jlink, works);
    assertThat(make(MODULES)).isTrue();
  }
}
