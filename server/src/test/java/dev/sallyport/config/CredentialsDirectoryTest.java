package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file name may begin with the folder in which systemd puts the service's credentials. */
class CredentialsDirectoryTest {
  private static final Optional<String> FOLDER = Optional.of("/run/credentials/sallyport.service");

  private final Findings findings = new Findings(Path.of("sallyport.conf"));

  private Block read(String text, Optional<String> directory) {
    return Hocon.read(text, directory, findings).orElseThrow();
  }

  @Test
  void theFolderStandsInThePlaceOfTheVariable() {
    Block block =
        read(
            """
            file = "${CREDENTIALS_DIRECTORY}/web.pem"
            hosts = ["/etc/known_hosts", "${CREDENTIALS_DIRECTORY}/ca.pub"]
            plugin { secret { file = "${CREDENTIALS_DIRECTORY}/password" } }
            """,
            FOLDER);
    assertThat(block.string("file")).hasValue("/run/credentials/sallyport.service/web.pem");
    assertThat(block.strings("hosts"))
        .containsExactly("/etc/known_hosts", "/run/credentials/sallyport.service/ca.pub");
    assertThat(block.block("plugin").settings())
        .containsEntry("secret", Map.of("file", "/run/credentials/sallyport.service/password"));
    assertThat(findings.errors()).isEmpty();
  }

  @Test
  void withoutTheVariableTheErrorSaysWhoSetsIt() {
    read("a.b = [ { file = \"${CREDENTIALS_DIRECTORY}/web.pem\" } ]", Optional.empty());
    assertThat(findings.errors())
        .singleElement()
        .hasToString(
            "sallyport.conf:1: a.b[0].file: \"${CREDENTIALS_DIRECTORY}/web.pem\" needs the variable"
                + " CREDENTIALS_DIRECTORY with the path of a folder, which systemd sets for a"
                + " service with LoadCredential=; for a command, set it to the folder where these"
                + " files come from");
  }

  @Test
  void aFolderThatIsNoAbsolutePathIsRefused() {
    read("file = \"${CREDENTIALS_DIRECTORY}/web.pem\"", Optional.of("credentials"));
    assertThat(findings.errors()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${HOME}/web.pem",
        "${STATE_DIRECTORY}/x",
        "/etc/${HOSTNAME}/web.pem",
        "/etc/${CREDENTIALS_DIRECTORY}/web.pem",
        "${CREDENTIALS_DIRECTORY}/${NAME}",
        "${CREDENTIALS_DIRECTORY_2}/x"
      })
  void anotherVariableInAFileNameIsRefused(String name) {
    read("\n\nfile = \"" + name + "\"", FOLDER);
    assertThat(findings.errors())
        .singleElement()
        .hasToString(
            "sallyport.conf:3: file: \""
                + name
                + "\" has a variable: a file name may begin with ${CREDENTIALS_DIRECTORY}/, and"
                + " have no other");
  }

  /** A filter, a word of a command: only what looks like a file name is one. */
  @ParameterizedTest
  @ValueSource(strings = {"(uid=${x})", "${x}", "a ${CREDENTIALS_DIRECTORY}/b", "$HOME/x", "/a$b"})
  void whatIsNoFileNameStaysAsItIs(String text) {
    assertThat(read("a = [\"" + text + "\"]", FOLDER).strings("a")).isEqualTo(List.of(text));
    assertThat(findings.errors()).isEmpty();
  }
}
