package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationChangesTest {
  private static final String SECRET = "correct-horse";
  private static final String BEFORE =
      """
      sallyport {
        listen = ["127.0.0.1:22"], state-dir = /srv/a
        private-networks = ["10.0.0.0/8"]
        auth.plugins = [ { type = one-time-password, files = ["/a"], comment = "correct-horse" } ]
        groups { ops = [alice], dev = [] }
        credentials.web = { type = key, file = /k }
        rules = [
          { name = web-ssh, groups = [ops], to = ["10.0.2.0/24:22"] }
          { name = db, groups = [dev], to = ["10.0.3.0/24:5432"] }
        ]
      }
      """;

  @TempDir Path folder;

  @Test
  void nothingChangedWhenNothingDid() throws Exception {
    assertThat(ConfigurationChanges.between(load(BEFORE), load(BEFORE))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          10.0.2.0/24:22  | 10.0.2.0/24:23   | rules.web-ssh.to
          name = db       | name = sql       | rules.db, rules.sql
          ops = [alice]   | ops = [bob]      | groups.ops
          dev = []        | dev = [], qa=[]  | groups.qa
          file = /k       | file = /l        | credentials.web.file
          correct-horse   | wrong-horse      | auth.plugins[0].comment
          10.0.0.0/8      | 10.0.0.0/9       | private-networks
          groups { ops    | limits.login-grace = 9 s, groups { ops | limits.login-grace
          127.0.0.1:22    | 127.0.0.1:23     | ''
          """)
  void namesTheKeysThatDiffer(String before, String after, String keys) throws Exception {
    assertThat(
            String.join(
                ", ",
                ConfigurationChanges.between(load(BEFORE), load(BEFORE.replace(before, after)))))
        .isEqualTo(keys);
  }

  @Test
  void tellsThatRulesAreInAnotherOrderWhichDecides() throws Exception {
    String swapped =
        BEFORE
            .replace("web-ssh, groups = [ops], to = [\"10.0.2.0/24:22\"]", "x")
            .replace(
                "name = db, groups = [dev], to = [\"10.0.3.0/24:5432\"]",
                "name = web-ssh, groups = [ops], to = [\"10.0.2.0/24:22\"]")
            .replace("name = x", "name = db, groups = [dev], to = [\"10.0.3.0/24:5432\"]");

    assertThat(ConfigurationChanges.between(load(BEFORE), load(swapped)))
        .containsExactly("rules (order)");
  }

  @Test
  void tellsNoSecret() throws Exception {
    Configuration other = load(BEFORE.replace(SECRET, "new-" + SECRET));

    assertThat(ConfigurationChanges.between(load(BEFORE), other).toString()).doesNotContain(SECRET);
  }

  @Test
  void whatOnlyAStartCanChangeIsToldApart() throws Exception {
    Configuration other =
        load(BEFORE.replace("127.0.0.1:22", "127.0.0.1:23").replace("/srv/a", "/srv/b"));

    assertThat(ConfigurationChanges.between(load(BEFORE), other)).isEmpty();
    assertThat(ConfigurationChanges.needRestart(load(BEFORE), other))
        .containsExactly("listen", "state-dir");
  }

  @Test
  void theStateDirIsFoundInAFileThatIsWrongOtherwise() throws Exception {
    Path wrong =
        Files.writeString(
            folder.resolve("wrong.conf"), "sallyport { state-dir = /srv/x, surprise = 1 }");

    assertThat(ConfigurationLoader.stateDir(wrong))
        .isEqualTo(new StateDir.Found(Path.of("/srv/x")));
  }

  private Configuration load(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("sallyport.conf"), text);
    var loader = new ConfigurationLoader(new TestPlugins().factories(), TestPlugins.silent());
    return switch (loader.load(file)) {
      case Loading.Loaded loaded -> loaded.configuration();
      case Loading.Rejected(List<ConfigurationError> errors) ->
          throw new AssertionError(errors.toString());
    };
  }
}
