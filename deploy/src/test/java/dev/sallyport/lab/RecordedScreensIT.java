package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recording shows, cell by cell, the screen that the user saw. */
@Laboratory
class RecordedScreensIT {
  @TempDir Path directory;
  private final Machine client;
  private final Bastion bastion;
  private final String web;

  RecordedScreensIT(Vpc vpc) {
    client = vpc.client();
    bastion = vpc.bastion();
    web = vpc.privateAddress(vpc.web());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ssh -q -J rita@bastion recorded-web", "ssh -q -t rita@bastion ssh ec2-user@%s"})
  void fullScreenProgramsLookAsTheyLooked(String way) throws Exception {
    long mark = bastion.mark();
    Cast seen =
        new Typist(client, way.formatted(web))
            .sees("$ ")
            .rests()
            .enters("stty size; export LANG=C.UTF-8 LESSCHARSET=utf-8; cp /etc/services lines")
            .sees("50 200")
            // vim, with colours, scrolling and characters of several bytes.
            .enters("vim -u NONE -i NONE -n -N +'set number ruler hlsearch' +'syntax on' lines")
            .sees("tcpmux")
            .types("50Go")
            .types("gr\u00fcn \u65e5\u672c\u8a9e \ud83d\ude80")
            .types("\u001b/tcp\r")
            .resizesTo(120, 40)
            .types("\u0006\u0006")
            .resizesTo(200, 50)
            .types("G")
            .resizesTo(90, 33)
            .enters(":q!")
            .sees("$ ")
            .resizesTo(200, 50)
            // less, forwards, backwards and with a search.
            .enters("less -N /etc/ssh/sshd_config")
            .sees("sshd")
            .types("  b")
            .types("/Port\r")
            .resizesTo(100, 30)
            .types("q")
            .resizesTo(200, 50)
            // top, whose picture stands for a minute.
            .enters("top -d 60")
            .sees("PID")
            .resizesTo(132, 43)
            .resizesTo(200, 50)
            .types("q")
            .rests()
            .enters("exit")
            .in(200, 50)
            .succeeds();

    AuditLog.Event closed =
        bastion.awaits(mark, "session-closed", event -> event.user().equals("rita"));
    Cast recorded = bastion.cast(closed);
    List<Screen> kept = recorded.screens();
    // play leaves out what does more than draw, and nothing of the picture with it.
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    List<Screen> played = Cast.played(bastion.castText(closed), sent, directory);
    assertThat(bastion.played(closed)).isEqualTo(sent.toString(StandardCharsets.UTF_8));
    List<Screen> saw = seen.screens();
    assertThat(kept).hasSameSizeAs(saw);
    assertThat(played).hasSameSizeAs(saw);
    for (int i = 0; i < saw.size(); i++) {
      assertThat(kept.get(i)).as("picture %d", i).isEqualTo(saw.get(i));
      // A window that is resized moves its normal screen up or down, and the auditor's is not
      // resized.
      assertThat(played.get(i).drawn())
          .as("picture %d, played: %s%nand seen: %s", i, played.get(i), saw.get(i))
          .isEqualTo(saw.get(i).drawn());
    }
    assertThat(recorded.output()).isEqualTo(seen.output());
    // The emulator did see what these programs draw.
    assertThat(saw.get(0).text()).contains("gr\u00fcn", "\u65e5", "tcp");
    assertThat(saw.get(0).coloured()).isPositive();
    assertThat(saw.get(4).text()).contains("Port");
    assertThat(saw.get(6).text()).contains("PID", "top -");
    assertThat(saw.get(1)).extracting(Screen::columns, Screen::rows).containsExactly(120, 40);
  }

  @Test
  void theSizeAtTheBeginningAndTheTitleAreInTheRecording() {
    long mark = bastion.mark();
    new Typist(client, "ssh -q -t -J rita@bastion recorded-web 'stty size'")
        .sees("31 101")
        .in(101, 31)
        .succeeds();
    AuditLog.Event closed =
        bastion.awaits(mark, "session-closed", event -> event.command().equals("stty size"));
    assertThat(bastion.cast(closed))
        .extracting(Cast::columns, Cast::rows, Cast::output)
        .containsExactly(101, 31, "31 101\r\n");
    // Nothing that was typed is recorded unless the rule says so.
    assertThat(bastion.cast(closed).input()).isEmpty();
  }

  @Test
  void aRecordingIsPlayedInATerminalAndExportedAsText() {
    long mark = bastion.mark();
    new Typist(
            client, "ssh -q -t -J rita@bastion recorded-web 'printf \"\\033[31mred\\033[0m\\n\"'")
        .sees("red")
        .in(80, 24)
        .succeeds();
    AuditLog.Event closed =
        bastion.awaits(mark, "session-closed", event -> event.command().startsWith("printf"));
    assertThat(bastion.cast(closed).output()).isEqualTo("\u001b[31mred\u001b[0m\r\n");
    assertThat(
            bastion
                .sallyport("recording export %s --format text".formatted(closed.uid()))
                .succeeds()
                .out())
        .isEqualTo("red\n");
    assertThat(
            bastion
                .run(
                    // As letters: what gives us the output takes colours out of it.
                    "sallyport recording play %s --force --speed 100 --config /etc/sallyport/sallyport.conf | cat -v"
                        .formatted(closed.uid()))
                .succeeds()
                .out())
        .contains("^[[31mred^[[0m");
  }
}
