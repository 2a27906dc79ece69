package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Main;
import dev.sallyport.audit.SafeJson;
import dev.sallyport.config.TestPlugins;
import dev.sallyport.model.IpText;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Who reaches a target, and where a user may go. */
class PolicyExplainTest {
  private static final String CONFIGURATION =
      """
      sallyport {
        listen = ["127.0.0.1:0"]
        private-networks = ["10.0.0.0/16", "fd00:1::/64"]
        own-addresses = ["10.0.1.10"]
        auth.plugins = [ { type = authorized-keys, files = ["/keys/%u"] } ]
        auth.fido-second-factor = touch
        groups { ops = [bob, alice] }
        credentials { web = { type = ca } }
        rules = [
          { name = secret, groups = [ops], to = ["10.0.4.0/24:22"], mfa = true }
          { name = late, groups = [ops], to = ["10.0.4.0/25:22"] }
          { name = web, groups = [ops], to = ["10.0.2.0/24:22", "[fd00:1::/64]:22"]
            record = session, logins = [ec2-user, admin], credential = web }
          { name = office, users = [bob, carol], source = ["203.0.113.0/24"]
            time = ["mon-fri 08:00-18:00 UTC"], to = ["10.0.2.0/24:22-23"] }
          { name = db, users = [carol], to = ["db.internal:5432", "gone.internal:5432"] }
          { name = status, users = ["*"], to = ["10.0.9.9:80"] }
        ]
      }
      """;

  @TempDir Path folder;
  private final AtomicInteger lookups = new AtomicInteger();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write() throws Exception {
    Files.writeString(folder.resolve("sallyport.conf"), CONFIGURATION);
  }

  private int explain(String arguments) {
    List<String> words = Arrays.asList(("policy explain " + arguments).split(" "));
    String[] all = Arrays.copyOf(words.toArray(String[]::new), words.size() + 2);
    all[words.size()] = "--config";
    all[words.size() + 1] = folder.resolve("sallyport.conf").toString();
    return Main.commandLine(
            new TestPlugins().factories(),
            name -> {
              lookups.incrementAndGet();
              if (name.name().equals("db.internal")) {
                return List.of(
                    IpText.parse("10.0.3.15").orElseThrow(),
                    IpText.parse("10.9.9.9").orElseThrow());
              }
              throw new UnknownHostException(name.name());
            })
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  @Test
  void listsWhoReachesATargetOnWhichConditions() {
    assertThat(explain("--who 10.0.2.5:22")).as("%s", err).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            WHO             TO           RULE    FROM            WHEN                                 SECOND-FACTOR  RECORD
            alice           10.0.2.5:22  web     any             any                                  no             session as admin, ec2-user
            bob             10.0.2.5:22  web     any             any                                  no             session as admin, ec2-user
            carol           10.0.2.5:22  office  203.0.113.0/24  mon,tue,wed,thu,fri 08:00-18:00 UTC  no             metadata
            members of ops  10.0.2.5:22  web     any             any                                  no             session as admin, ec2-user
            """);
  }

  @Test
  void listsWhereAUserMayGoInTheOrderOfTheRules() {
    assertThat(explain("--user carol")).isZero();
    assertThat(rows())
        .containsExactly(
            "carol 10.0.2.0/24:22-23 office 203.0.113.0/24 mon,tue,wed,thu,fri 08:00-18:00 UTC no"
                + " metadata",
            "carol db.internal:5432 db any any no metadata",
            "carol 10.0.9.9:80 status any any no metadata");
    assertThat(err.toString())
        .contains("warning: gone.internal does not resolve, so rule db does not match it now\n");
  }

  /** Behind the header, with one space between the cells. */
  private List<String> rows() {
    return out.toString().lines().skip(1).map(line -> line.replaceAll(" +", " ")).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--who 10.0.4.5:22 | alice 10.0.4.5:22 secret any any needed metadata",
        "--who db.internal:5432 | carol 10.0.3.15:5432 db any any no metadata",
        "--who 10.0.9.9:80 | everybody else 10.0.9.9:80 status any any no metadata",
        "--user alice | alice 10.0.4.0/24:22 secret any any needed metadata",
        "--user alice | alice [fd00:1::/64]:22 web any any no session as admin, ec2-user",
        "--user eve | eve 10.0.9.9:80 status any any no metadata",
        "--user eve --group ops | eve 10.0.4.0/24:22 secret any any needed metadata",
      })
  void hasALineForEachWay(String arguments, String line) {
    assertThat(explain(arguments)).as("%s", err).isZero();
    assertThat(rows()).contains(line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--who 10.0.4.5:22 | late", // secret always comes before it
        "--user alice | late",
        "--who 10.0.2.5:22 --source 198.51.100.7 | office",
        "--who 10.0.2.5:22 --at 2026-11-22T12:00:00Z | office", // a Sunday
        "--user carol --source 198.51.100.7 | office",
        "--user bob --at 2026-11-23T12:00:00Z --source 198.51.100.7 | office",
      })
  void hasNoLineForARuleThatLetsNobodyThrough(String arguments, String rule) {
    assertThat(explain(arguments)).as("%s", err).isZero();
    assertThat(rows()).isNotEmpty().noneMatch(line -> line.contains(" " + rule + " "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--who 10.0.7.7:22 | sallyport: no rule lets anybody reach 10.0.7.7:22",
        "--who 192.0.2.5:80 | sallyport: 192.0.2.5:80 is not in private-networks, so nobody can"
            + " reach it",
        "--who 127.0.0.1:22 | sallyport: 127.0.0.1:22 is not in private-networks, so nobody can"
            + " reach it",
        "--who gone.internal:5432 | sallyport: gone.internal:5432 does not resolve",
        "--who 10.0.2.5:70000 | sallyport: 10.0.2.5:70000 has no port between 1 and 65535",
        "--who 127.1:22 | sallyport: the host of 127.1:22 is an unusual",
        "--who 10.0.2.5:22 --source 198.51.100.7 --at 2026-11-22T12:00:00Z --to 10.0.2.5:22 |"
            + " sallyport:",
      })
  void saysWhyThereIsNoWay(String arguments, String why) {
    int code = explain(arguments);
    assertThat(code).isEqualTo(arguments.contains("--to") ? 2 : 1);
    assertThat(err.toString().lines()).anyMatch(line -> line.startsWith(why));
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aUserWithoutARuleGoesNowhere() throws Exception {
    Files.writeString(
        folder.resolve("sallyport.conf"),
        CONFIGURATION.replace("users = [\"*\"]", "users = [dan]"));
    assertThat(explain("--user eve")).isEqualTo(1);
    assertThat(err.toString()).endsWith("sallyport: no rule lets eve anywhere\n");
  }

  @Test
  void asksForANameOnce() {
    assertThat(explain("--who db.internal:5432")).isZero();
    assertThat(lookups).hasValue(1);
  }

  @Test
  void printsWaysAsJson() {
    assertThat(explain("--who 10.0.2.5:22 --json")).isZero();
    List<JsonNode> ways = out.toString().lines().map(SafeJson.MAPPER::readTree).toList();
    assertThat(ways).hasSize(4);
    assertThat(ways.get(2).toString())
        .isEqualTo(
            """
            {"kind":"user","who":"carol","to":"10.0.2.5:22","rule":"office","from":["203.0.113.0/24"],\
            "when":["mon,tue,wed,thu,fri 08:00-18:00 UTC"],"second_factor":false,"record":"metadata","logins":[]}\
            """);
    assertThat(ways.get(3).path("kind").asString()).isEqualTo("group");
  }

  @Test
  void printsADecisionAsJson() {
    assertThat(
            explain(
                "--user carol --to db.internal:5432 --source 203.0.113.7 --at 2026-11-23T12:00:00Z"
                    + " --json"))
        .isZero();
    JsonNode decision = SafeJson.MAPPER.readTree(out.toString());
    assertThat(decision.path("allowed").asBoolean()).isTrue();
    assertThat(decision.path("rule").asString()).isEqualTo("db");
    assertThat(decision.path("source").asString()).isEqualTo("203.0.113.7");
    assertThat(decision.has("reason")).isFalse();
    assertThat(decision.at("/addresses/1/allowed").asBoolean()).isFalse();
    assertThat(decision.at("/addresses/1/reason").asString()).isEqualTo("not-private");
    out.getBuffer().setLength(0);

    assertThat(explain("--user e\u001bve --to 10.0.2.5:22 --json")).isEqualTo(1);
    assertThat(out.toString()).matches("[ -~]+\n");
    decision = SafeJson.MAPPER.readTree(out.toString());
    assertThat(decision.path("user").asString()).isEqualTo("e\u001bve");
    assertThat(decision.path("reason").asString()).isEqualTo("no-rule");
    assertThat(decision.at("/addresses/0/rules/0/rule").asString()).isEqualTo("secret");
    assertThat(decision.at("/addresses/0/rules/0/why").asString()).isEqualTo("is for other users");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | specify one of these",
        "--to 10.0.2.5:22 | --user",
        "--who 10.0.2.5:22 --user alice | mutually exclusive",
        "--user alice --mfa | --mfa goes with --to",
      })
  void saysHowItIsAsked(String arguments, String message) {
    assertThat(explain(arguments)).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }
}
