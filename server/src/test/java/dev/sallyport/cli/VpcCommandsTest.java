package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Main;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.plugins.ec2.FakeMetadata;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.NetworkSource;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.spi.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code private-networks = "vpc"}, on an instance and where there is none. */
class VpcCommandsTest {
  private static final String MACS = "meta-data/network/interfaces/macs/";
  private static final String MAC = MACS + "0e:49:61:0f:c3:11/";

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private FakeMetadata metadata;

  @BeforeEach
  void start() throws Exception {
    metadata =
        new FakeMetadata()
            .put(MACS, "0e:49:61:0f:c3:11/")
            .put(MAC + "vpc-ipv4-cidr-blocks", "10.7.0.0/16")
            .put(MAC + "local-ipv4s", "10.7.0.4")
            .put(MAC + "public-ipv4s", "10.7.0.5");
    write("\"vpc\"", "{ type = ec2, endpoint = \"" + metadata.endpoint() + "\" }");
  }

  @AfterEach
  void stop() {
    metadata.close();
  }

  private void write(String networks, String plugin) throws IOException {
    Files.writeString(
        folder.resolve("sallyport.conf"),
        """
        sallyport {
          state-dir = "%s"
          private-networks = %s
          auth.plugins = [ %s ]
          rules = [ { name = all, users = [alice], to = ["10.7.0.0/16:22", "192.168.7.0/24:22"] } ]
          listen = ["127.0.0.1:0"]
        }
        """
            .formatted(folder.resolve("state"), networks, plugin));
  }

  private int run(List<AuthPluginFactory> plugins, String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--config";
    all[arguments.length + 1] = folder.resolve("sallyport.conf").toString();
    return Main.commandLine(
            plugins,
            name -> {
              throw new UnknownHostException(name.name());
            })
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  private int run(String... arguments) {
    return run(ConfigurationLoader.installedPlugins(), arguments);
  }

  private int explain(String to) {
    return explain("alice", to);
  }

  private int explain(String user, String to) {
    return run("policy", "explain", "--user", user, "--to", to);
  }

  @Test
  void theNetworksAreThoseOfTheVpc() {
    assertThat(explain("10.7.3.3:22")).as("%s", err).isZero();
    assertThat(explain("192.168.7.7:22")).isEqualTo(1);
    assertThat(out.toString()).contains("192.168.7.7:22 is not in private-networks");
  }

  @Test
  void theAddressesOfTheBastionAreDeniedThoughNoInterfaceHasThem() {
    assertThat(explain("10.7.0.4:22")).isEqualTo(1);
    assertThat(explain("10.7.0.5:22")).isEqualTo(1);
    assertThat(out.toString())
        .contains("10.7.0.4:22 is the bastion")
        .contains("10.7.0.5:22 is the");
  }

  /** The first block of the README, on an instance whose metadata service is this one. */
  @Test
  void theFirstConfigurationOfTheReadmeLetsTheLaunchKeysUserIntoTheVpcAndNobodyElse()
      throws Exception {
    String readme = Files.readString(Path.of("..", "README.md"));
    String block = readme.substring(readme.indexOf("sallyport {\n"));
    block = block.substring(0, block.indexOf("```"));
    assertThat(block).startsWith("sallyport {\n  private-networks = \"vpc\"\n");
    Files.writeString(
        folder.resolve("sallyport.conf"),
        block.replace("type = ec2", "type = ec2, endpoint = \"" + metadata.endpoint() + "\""));

    assertThat(explain("ec2-user", "10.7.3.3:22")).as("%s", err).isZero();
    assertThat(explain("ec2-user", "10.7.3.3:23")).isEqualTo(1);
    assertThat(explain("ec2-user", "10.8.3.3:22")).isEqualTo(1);
    assertThat(explain("ec2-user", "10.7.0.4:22")).as("the bastion").isEqualTo(1);
    assertThat(explain("ec2-user", "169.254.169.254:22")).isEqualTo(1);
    assertThat(explain("alice", "10.7.3.3:22")).isEqualTo(1);
  }

  @Test
  void aListMayHaveBoth() throws Exception {
    write(
        "[\"192.168.7.0/24\", \"vpc\"]",
        "{ type = ec2, endpoint = \"" + metadata.endpoint() + "\" }");
    assertThat(explain("10.7.3.3:22")).as("%s", err).isZero();
    assertThat(explain("192.168.7.7:22")).isZero();
  }

  @Test
  void aRuleThatLeadsOutOfTheVpcAloneIsAnError() throws Exception {
    metadata.put(MAC + "vpc-ipv4-cidr-blocks", "10.8.0.0/16");
    assertThat(run("config", "check")).isEqualTo(78);
    assertThat(err.toString())
        .contains("leads nowhere: none of its addresses is in private-networks");
  }

  @Test
  void printsWhatWasWrittenAndAsksNobody() {
    assertThat(run("config", "print")).isZero();
    assertThat(out.toString()).contains("private-networks = [\"vpc\"]").doesNotContain("10.7.0.5");
    assertThat(metadata.asked()).isEmpty();
  }

  @Test
  void aDecisionIsRefusedWhereTheVpcIsNotKnown() {
    metadata.close();
    assertThat(explain("10.7.3.3:22")).isEqualTo(78);
    assertThat(err.toString())
        .contains(
            "sallyport.conf:3: sallyport.private-networks: \"vpc\" is not known now: the instance"
                + " metadata service at "
                + metadata.endpoint());
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aCheckSaysThatTheServerWouldNotStartHere() {
    metadata.close();
    assertThat(run("config", "check")).isZero();
    assertThat(out.toString()).contains("no errors");
    assertThat(err.toString())
        .startsWith(
            "warning: %s/sallyport.conf:3: sallyport.private-networks: \"vpc\" is not known now:"
                .formatted(folder))
        .contains("on such a machine the server does not start");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"vpc\"", "[\"10.0.0.0/16\", \"vpc\"]", "\"cpv\"", "[\"vcn\"]"})
  void aNameNeedsAPluginThatKnowsIt(String networks) throws Exception {
    write(networks, "{ type = authorized-keys, files = [\"/nowhere/keys\"] }");
    assertThat(run("config", "check")).isEqualTo(78);
    assertThat(err.toString())
        .contains("sallyport.conf:3: sallyport.private-networks")
        .contains("no plugin in auth.plugins provides it");
  }

  @Test
  void aServerDoesNotStartWithoutAnAnswerAndExitsSoThatItIsTriedAgain() throws Exception {
    write("\"vpc\"", "{ type = silent }");
    assertThat(run(List.of(new Silent()), "serve")).isEqualTo(1);
    assertThat(err.toString())
        .contains("\"vpc\" is not known now: the metadata service sleeps\\u001b[2J; write the");
    assertThat(folder.resolve("state")).doesNotExist();
  }

  @Test
  void aFileThatIsAlsoWrongIsNotTriedAgain() throws Exception {
    write("\"vpc\"", "{ type = silent, colour = red }");
    assertThat(run(List.of(new Silent()), "serve")).isEqualTo(78);
  }

  @Test
  void whatASourceTellsIsHeldToTheRulesOfTheFile() throws Exception {
    write("\"vpc\"", "{ type = silent }");
    for (String wrong : List.of("10.0.0.1/16", "10.0.0.0/33", "0", "vpc", "\u001b[2J")) {
      Silent source = new Silent();
      source.told = Optional.of(new NetworkSource.Networks(Set.of(wrong), Set.of()));
      assertThat(run(List.of(source), "serve")).as(wrong).isEqualTo(1);
    }
    assertThat(err.toString()).contains("was told \"10.0.0.1/16\", which has bits set after its");
    assertThat(err.toString()).doesNotContain("\u001b");
  }

  /** A source that has no answer, unless it is given one. */
  private static final class Silent implements AuthPluginFactory, AuthPlugin, NetworkSource {
    private Optional<Networks> told = Optional.empty();

    @Override
    public String type() {
      return "silent";
    }

    @Override
    public AuthPlugin open(PluginSettings settings, Reporter reporter) {
      return this;
    }

    @Override
    public Verdict publicKey(LoginAttempt attempt, OfferedKey key) {
      return new Verdict.Unclaimed();
    }

    @Override
    public Optional<NetworkSource> networkSource() {
      return Optional.of(this);
    }

    @Override
    public String name() {
      return "vpc";
    }

    @Override
    public Networks networks(Duration patience) throws IOException {
      return told.orElseThrow(() -> new IOException("the metadata service sleeps\u001b[2J"));
    }
  }
}
