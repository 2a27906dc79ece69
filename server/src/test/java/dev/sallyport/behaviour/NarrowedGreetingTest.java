package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bastion tells a user where this login may go, and not where the rules alone would lead. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NarrowedGreetingTest {
  private static final String OPENING =
      "You are alice, in ops. This is a bastion: it runs no commands and connects you to private"
          + " servers.\n";

  @TempDir Path directory;
  private TestBastion bastion;

  @BeforeEach
  void start() throws IOException {
    Path key = OpenSsh.makeKey(directory.resolve("private"), "-t", "ed25519");
    bastion =
        TestBastion.start(
            directory,
            "credentials { private = { type = key, file = \"%s\" } }".formatted(key),
            "recording.reserve = \"0 B\"",
            "auth.recheck = \"1 s\"",
            """
            rules = [
              { name = web, users = [alice], to = ["127.0.2.0/24:22"], record = session
                logins = [ec2-user], credential = private }
              { name = db, users = [alice], to = ["127.0.3.15:5432", "db.internal:5432"] }
            ]\
            """);
  }

  @AfterEach
  void stop() {
    bastion.close();
  }

  private void narrow(String options) throws IOException {
    bastion.authorizeOnly("alice", directory.resolve("alice"), options);
  }

  private String greeting() {
    return bastion.ssh().ssh("bastion").output();
  }

  @Test
  void aKeyThatNarrowsNothingIsToldTheRules() {
    assertThat(greeting())
        .isEqualTo(
            OPENING
                + """
                You may go to:
                  127.0.2.0/24:22 (rule web)
                  127.0.3.15:5432, db.internal:5432 (rule db)
                For example: ssh -J alice@<this bastion> <login>@<private server>
                """);
  }

  @Test
  void permitopenLeavesWhatItNames() throws IOException {
    narrow("permitopen=\"127.0.2.15:22\",permitopen=\"web.internal:22\"");

    assertThat(greeting())
        .startsWith(OPENING + "You may go to:\n  127.0.2.15:22")
        .contains("web.internal:22 in 127.0.2.0/24 (rule web)\n")
        .doesNotContain("rule db")
        .contains(
            "Your key narrows what the rules give: it goes only where its permitopen says.\n");
  }

  @Test
  void aKeyThatOpensNoForwardsIsToldOfTheGateway() throws IOException {
    narrow("no-port-forwarding");

    assertThat(greeting())
        .isEqualTo(
            OPENING
                + """
                You may go to:
                  127.0.2.0/24:22 (rule web)
                Your key narrows what the rules give: it may not open forwards.
                For example: ssh alice@<this bastion> ssh <login>@<private server>
                """);
  }

  @Test
  void aKeyThatLeadsNowhereIsToldThatItIsTheKey() throws IOException {
    narrow("permitopen=\"127.0.9.9:22\",no-pty");

    assertThat(greeting())
        .isEqualTo(
            OPENING
                + """
                The rules and your key together let you go nowhere from where you are.
                Your key narrows what the rules give: it goes only where its permitopen says, may not have a terminal.
                """);
  }

  @Test
  void thePromptListsAndCompletesWhatTheKeyLeavesAlsoWhenThatChanges() throws Exception {
    narrow("permitopen=\"127.0.2.15:22\"");
    try (Command prompt = bastion.ssh().start("-tt", "bastion")) {
      StringBuilder shown = new StringBuilder();
      Thread.ofVirtual().start(() -> read(prompt, shown));
      type(prompt, "hosts\r");
      await(shown, "127.0.2.15:22\r\n    recorded, as ec2-user (rule web)");
      await(shown, "it goes only where its permitopen says.");
      type(prompt, "ssh 1\t");
      await(shown, "ssh 127.0.2.15");

      narrow("permitopen=\"127.0.2.77:22\"");

      Condition.await(
          "hosts tells of the other key line",
          () -> {
            int before = answers(shown);
            type(prompt, "\u0003hosts\r");
            Condition.await("an answer", () -> answers(shown) > before);
            return text(shown).contains("127.0.2.77:22");
          });
      type(prompt, "\u0003ssh 1\t");
      await(shown, "ssh 127.0.2.77");
      assertThat(text(shown)).doesNotContain("127.0.2.0/24", "127.0.3.15");
    }
  }

  private static int answers(StringBuilder shown) {
    return text(shown).split("recorded, as", -1).length;
  }

  private static void type(Command command, String keys) {
    try {
      OutputStream input = command.input();
      input.write(keys.getBytes(StandardCharsets.UTF_8));
      input.flush();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void read(Command command, StringBuilder shown) {
    byte[] bytes = new byte[1024];
    try {
      for (int n = command.output().read(bytes); n > 0; n = command.output().read(bytes)) {
        synchronized (shown) {
          shown.append(new String(bytes, 0, n, StandardCharsets.UTF_8));
        }
      }
    } catch (IOException closed) {
      // With the program.
    }
  }

  private static String text(StringBuilder shown) {
    synchronized (shown) {
      return shown.toString();
    }
  }

  private static void await(StringBuilder shown, String text) {
    Condition.await("'" + text + "' is shown", () -> text(shown).contains(text));
  }
}
