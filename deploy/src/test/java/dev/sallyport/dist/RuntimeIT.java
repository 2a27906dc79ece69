package dev.sallyport.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The Java runtime that is installed: all that the jars need, and no more. */
class RuntimeIT {
  private static final Pattern MODULES = Pattern.compile("MODULES=\"([^\"]*)\"");

  @Test
  void theRuntimeHasAllClassesThatTheJarsNeed() throws Exception {
    Path classes = Path.of("target/test-classes").toAbsolutePath();
    Distribution.Ended ended =
        Distribution.run(
            List.of(
                Distribution.HOME.resolve("runtime/bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.awt.headless=true",
                "-cp",
                Distribution.HOME.resolve("lib") + "/*:" + classes,
                LoadsAllClasses.class.getName(),
                Distribution.HOME.resolve("lib").toString()));
    assertThat(ended.exit()).as(ended.output()).isZero();
    List<String> lines = ended.output().lines().toList();
    assertThat(lines).as("classes that loaded").anyMatch(line -> line.matches("[0-9]{4,}"));
    // JLine can draw pictures, and Jackson map what databases return: nothing here asks them to.
    assertThat(lines)
        .filteredOn(line -> line.contains(" for ") && line.contains("/"))
        .allSatisfy(line -> assertThat(line).matches("java/(awt|sql|beans)/.*"));
  }

  @Test
  void whatNothingUsesIsNotThere() throws IOException {
    Matcher modules =
        MODULES.matcher(Files.readString(Distribution.HOME.resolve("runtime/release")));
    assertThat(modules.find()).isTrue();
    assertThat(modules.group(1).split(" "))
        .contains("java.base")
        .doesNotContain(
            "jdk.jfr",
            "jdk.attach",
            "jdk.management",
            "jdk.management.agent",
            "jdk.jdi",
            "jdk.jcmd",
            "java.instrument",
            "java.scripting",
            "jdk.httpserver",
            "jdk.naming.rmi");
  }
}
