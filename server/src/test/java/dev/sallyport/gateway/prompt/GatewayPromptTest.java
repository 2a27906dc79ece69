package dev.sallyport.gateway.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user sees and gets at the prompt. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayPromptTest {
  @Test
  void greetsAndAsks() {
    try (Typist alice = Typist.start()) {
      assertThat(alice.lines())
          .containsExactly(
              "You are alice, in dev, ops. This is a bastion: it runs no commands and connects",
              "you to private servers.",
              "Type ssh <login>@<private server>, hosts, or help.",
              "sallyport>");
    }
  }

  @Test
  void saysThatNoRuleLeadsAnywhere() {
    try (Typist mallory = Typist.of(new PromptUser("mallory", Set.of(), List.of(), List.of()))) {
      mallory.awaitPrompt();
      assertThat(mallory.lines()).contains("No rule lets you go anywhere from where you are.");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"exit\r", "logout\r", "  exit \n", "\u0004"})
  void leaves(String keys) {
    try (Typist alice = Typist.start()) {
      assertThat(alice.type(keys).exit()).isZero();
    }
  }

  @Test
  void anIdlePromptEndsInWordsWhenTheBastionStops() {
    try (Typist alice = Typist.start()) {
      alice.type("ssh we").awaitShown("ssh we");

      alice.stop().awaitShown("sallyport: the bastion is stopping, so the prompt ends");

      assertThat(alice.exit()).isEqualTo(255);
      assertThat(alice.launched()).isEmpty();
    }
  }

  @Test
  void aSessionKeepsTheTerminalWhileTheBastionStops() {
    Typist.Launches stopsAndReads =
        (command, terminal) -> {
          terminal.stop();
          try {
            return terminal.input().read();
          } catch (IOException e) {
            return 1;
          }
        };
    try (Typist alice = Typist.start(stopsAndReads)) {
      alice.type("ssh web\r\u0007").awaitShown("ended with exit status 7.");

      assertThat(alice.exit()).isEqualTo(255);
    }
  }

  @Test
  void leavesWhenTheClientSendsNoMore() {
    try (Typist alice = Typist.start()) {
      assertThat(alice.type("ssh we").hangUp().exit()).isZero();
      assertThat(alice.launched()).isEmpty();
    }
  }

  @Test
  void launchesASessionAndLeavesWithItsStatus() {
    try (Typist alice = Typist.start((command, terminal) -> 7)) {
      alice.type("ssh ec2-user@10.0.2.15 uptime\r");
      alice.awaitShown("The session on ec2-user@10.0.2.15 ended with exit status 7.");
      assertThat(alice.launched()).hasSize(1);
      assertThat(alice.launched().getFirst().command()).contains("uptime");
      alice.awaitPrompt().type("\u0004");
      assertThat(alice.exit()).isEqualTo(7);
    }
  }

  @Test
  void ofASessionThatNeverBeganItSaysNoEnd() {
    Typist.Launches refuses =
        (command, terminal) -> {
          try {
            terminal.say("sallyport: no rule allows it");
            return Typist.NO_SESSION;
          } catch (IOException e) {
            return 1;
          }
        };
    try (Typist alice = Typist.start(refuses)) {
      alice.type("ssh web\r").awaitShown("no rule allows it\nsallyport>").type("\u0004");
      assertThat(alice.exit()).isEqualTo(255);
      assertThat(alice.lines()).noneMatch(line -> line.contains("ended with exit status"));
    }
  }

  @Test
  void invitesToSshOnlyWhereARuleOpensSessions() {
    PromptUser forwards =
        new PromptUser(
            "bob",
            Set.of(),
            List.of(new Reachable("db", List.of("10.0.3.15:5432"), new Reachable.Way.Forward())),
            List.of());
    try (Typist bob = Typist.of(forwards)) {
      bob.awaitPrompt().type("help\r").awaitShown("leaves, as Ctrl-D does");
      assertThat(bob.lines())
          .contains("Type hosts or help.")
          .noneMatch(line -> line.contains("ssh <login>@") || line.startsWith("ssh [-l"))
          .filteredOn(line -> line.startsWith("The rules let you through with ssh -J bob@"))
          .hasSize(2);
    }
  }

  @Test
  void givesTheSessionWhatIsTypedAfterEnter() {
    Typist.Launches readsThree =
        (command, terminal) -> {
          try {
            return new String(terminal.input().readNBytes(3), StandardCharsets.UTF_8).equals("a\rb")
                ? 3
                : 4;
          } catch (IOException e) {
            return 5;
          }
        };
    try (Typist alice = Typist.start(readsThree)) {
      // All in one packet: the session takes its part, and the prompt the rest.
      alice.type("ssh web\ra\rbwhoami\r").awaitShown("ended with exit status 3");
      alice.awaitShown("alice, in dev, ops\n");
    }
  }

  @Test
  void losesNoKeyToASessionThatStopsReading() {
    Typist.Launches leavesWhileReading =
        (command, terminal) -> {
          Thread reader =
              Thread.ofVirtual()
                  .start(() -> {
                    try {
                      terminal.input().read(new byte[100]);
                    } catch (IOException interrupted) {
                      assertThat(Thread.currentThread().isInterrupted()).isTrue();
                    }
                  });
          Condition.await("it waits for a key", () -> reader.getState() == Thread.State.WAITING);
          reader.interrupt();
          reader.join();
          return 0;
        };
    try (Typist alice = Typist.start(leavesWhileReading)) {
      alice.type("ssh web\r").awaitShown("ended with exit status 0.").awaitPrompt();
      alice.type("exit\r");
      assertThat(alice.exit()).isZero();
    }
  }

  @Test
  void showsHosts() {
    try (Typist alice = Typist.start()) {
      alice.type("hosts\r").awaitShown("(rule db)").awaitPrompt();
      assertThat(alice.lines())
          .containsSubsequence(
              "sallyport> hosts",
              "10.0.2.0/24:22, web.internal:22, 10.0.9.7:22",
              "    recorded, as ec2-user, ubuntu (rule web-ssh)",
              "build.internal:22, [fd00:1:2::/48]:22",
              "    recorded, as any login (rule build)",
              "10.0.3.15:5432",
              "    forwarded only, with ssh -J or ssh -L (rule db)",
              "sallyport>");
    }
  }

  @Test
  void showsWhoOneIsAndWhatThereIs() {
    try (Typist alice = Typist.start()) {
      alice.type("whoami\r").awaitShown("alice, in dev, ops\nsallyport>");
      alice.type("help\r").awaitShown("nothing runs on the bastion itself.\nsallyport>");
      assertThat(alice.type("exit\r").exit()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ls -l            | sallyport: there is no command ls here: there are ssh, hosts, whoami, help,
          SSH web          | sallyport: there is no command SSH here
          scp a web:       | sallyport: this bastion has no files: use scp -J alice@<this bastion>
          ssh              | sallyport: the command has no host: write ssh <login>@
          ssh -L 1:b:2 c   | sallyport: ssh -L is not for the gateway
          ssh 'web         | sallyport: the command has an unmatched '
          hosts now        | sallyport: hosts takes no arguments
          exit 3           | sallyport: exit takes no arguments
          $(id)            | sallyport: there is no command $(id) here
          """)
  void refusesWhatThereIsNot(String line, String answer) {
    try (Typist alice = Typist.start()) {
      alice.type(line + "\r").awaitShown(answer).awaitPrompt();
      assertThat(alice.launched()).isEmpty();
      assertThat(alice.type("\u0004").exit()).isEqualTo(255);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          whoamx^Hi                     | whoami
          whoamx^?i                     | whoami
          oami^Awh                      | whoami
          oami^[[Hwh                    | whoami
          oami^[[1~wh^[[F!              | whoami!
          oami^[[1~wh^[[4~!             | whoami!
          whoai^Bm                      | whoami
          whoai^[[Dm^[[C!               | whoami!
          whoai^[ODm^E!                 | whoami!
          whoxami^[[D^[[D^[[D^[[D^[[3~  | whoami
          junk^Uwhoami                  | whoami
          whoami junk^W!                | whoami !
          junk whoami^A^[d^D            | whoami
          whoami x^B^B^K                | whoami
          hosts whoami^[[1;5D^[[1;5D+ ^[[1;5C! | + hosts! whoami
          who^[[15~ami^[[200~           | whoami
          who^[[[Aami^[q^[[1;2;3;4;5R   | whoami
          whox^[^?whoami                | whoami
          """)
  void editsALine(String keys, String line) {
    try (Typist alice = Typist.start()) {
      alice.type(controls(keys));
      alice.awaitLast("sallyport> " + line);
    }
  }

  /** As a terminal shows them: {@code ^A} is Ctrl-A, {@code ^[} Escape and {@code ^?} Delete. */
  private static String controls(String keys) {
    return Pattern.compile("\\^(.)")
        .matcher(keys)
        .replaceAll(match -> String.valueOf((char) (match.group(1).charAt(0) ^ 0x40)));
  }

  @Test
  void dropsALineAtControlC() {
    try (Typist alice = Typist.start()) {
      alice.type("ssh web\u0003whoami\r").awaitShown("alice, in dev, ops\nsallyport>");
      assertThat(alice.lines()).contains("sallyport> ssh web^C");
      assertThat(alice.launched()).isEmpty();
    }
  }

  @Test
  void bringsLinesBack() {
    try (Typist alice = Typist.start()) {
      alice.type("ssh web one\r").awaitPrompt().type("ssh web two\r").awaitPrompt();
      alice.type("\u001b[A").awaitLast("sallyport> ssh web two");
      alice.type("\u001b[A").awaitLast("sallyport> ssh web one");
      alice.type("\u001b[A").awaitLast("sallyport> ssh web one");
      alice.type("\u001b[B").awaitLast("sallyport> ssh web two");
      alice.type("\u001b[B").awaitPrompt();
      alice.type("\u001bOA s\r").awaitShown("ssh web two s\nThe session");
      assertThat(alice.launched().getLast().command()).contains("two s");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          w                    | whoami
          s                    | ssh
          ssh w                | ssh web.internal
          ssh 10.0.2           | ssh 10.0.2.
          ssh 10.0.9           | ssh 10.0.9.7
          ssh fd               | ssh fd00:1:2:
          ssh e                | ssh ec2-user@
          ssh ec2-user@w       | ssh ec2-user@web.internal
          ssh root@b           | ssh root@build.internal
          ssh root@w           | ssh root@w
          ssh -l u             | ssh -l ubuntu
          ssh -p 22 w          | ssh -p 22 web.internal
          ssh -t w             | ssh -t web.internal
          ssh web w            | ssh web w
          ssh 10.0.3           | ssh 10.0.3
          x                    | x
          """)
  void completesWords(String typed, String completed) {
    try (Typist alice = Typist.start()) {
      alice.type(typed + "\t").type("!").type("\u007f");
      alice.awaitLast("sallyport> " + completed);
    }
  }

  @Test
  void listsWhatAWordCouldBecome() {
    try (Typist alice = Typist.start()) {
      alice.type("ssh \t").awaitShown("ubuntu@");
      alice.awaitLast("sallyport> ssh");
      assertThat(alice.lines())
          .contains(
              "10.0.2.  10.0.9.7  build.internal  ec2-user@  fd00:1:2:  ubuntu@  web.internal");
      alice.type("10.0.\t").awaitShown("10.0.2.  10.0.9.7\nsallyport> ssh 10.0.");
    }
  }

  @Test
  void aLineThatWrapsIsEditedWhereItIs() {
    try (Typist alice = Typist.at("xterm", new TerminalSize(20, 10), (command, terminal) -> 0)) {
      alice.awaitPrompt().type("ssh web 0123456789abcdef").awaitLast("123456789abcdef");
      assertThat(alice.lines()).contains("sallyport> ssh web 0");
      alice.type("\u0001\u001b[C\u001b[C\u001b[C\u001b[3~\u001b[3~\u001b[3~\u001b[3~ b");
      alice.awaitShown("sallyport> ssh b 012\n3456789abcdef");
      alice.type("\u0005!").awaitLast("3456789abcdef!");
    }
  }

  @Test
  void takesTheNewSizeOfTheTerminal() {
    try (Typist alice = Typist.start()) {
      alice.resize(new TerminalSize(30, 10)).type("\f").awaitLast("sallyport>");
      alice.type("ssh web 0123456789abcdefghij").awaitLast("bcdefghij");
      assertThat(alice.lines()).contains("sallyport> ssh web 0123456789a");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dumb",
        "",
        "vt100",
        "linux",
        "screen.xterm",
        "tmux-256color",
        "rxvt",
        "xterm-kitty"
      })
  void everyKindOfTerminalShowsWhatIsTyped(String type) {
    try (Typist alice = Typist.at(type, TerminalSize.USUAL, (command, terminal) -> 0)) {
      alice.awaitPrompt().type("whoax\u007fmi\u001b[D\u001b[Dx\u007f");
      alice.awaitLast("sallyport> whoami").type("\r").awaitShown("alice, in dev, ops\nsallyport>");
    }
  }

  @Test
  void textOutsideAsciiReachesTheTarget() {
    try (Typist alice = Typist.start()) {
      alice.type("ssh web echo gr\u00fc\u00df \u4f60 \ud83d\ude00\u007f\ud83d\ude01\r");
      alice.awaitShown("ended with exit status");
      assertThat(alice.launched().getFirst().command())
          .contains("echo gr\u00fc\u00df \u4f60 \ud83d\ude01");
    }
  }

  @Test
  void endsWhenNobodyTypes() {
    try (Typist alice = Typist.idle(Duration.ofMillis(50))) {
      assertThat(alice.exit()).isEqualTo(255);
      assertThat(alice.sent()).contains("so the prompt ends: log in again\r\n");
    }
  }

  @Test
  void endsWhenTheClientIsGone() {
    try (Typist alice = Typist.start()) {
      alice.breakOutput();
      assertThat(alice.type("whoami\r").exit()).isEqualTo(255);
    }
  }

  @Test
  void endsWhenItsThreadIsInterrupted() {
    try (Typist alice = Typist.start()) {
      alice.interrupt();
      assertThatThrownBy(() -> alice.end().join())
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void everyLineEndsForATerminal() {
    try (Typist alice = Typist.start()) {
      alice.type("help\r").awaitShown("itself.\nsallyport>").type("ls\rexit\r");
      alice.exit();
      assertThat(alice.sent()).doesNotContainPattern("(?<!\r)\n");
    }
  }
}
