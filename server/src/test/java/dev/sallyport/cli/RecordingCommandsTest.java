package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Main;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Condition;
import dev.sallyport.audit.SafeJson;
import dev.sallyport.audit.SpoolCollector;
import dev.sallyport.config.TestPlugins;
import dev.sallyport.model.TimeText;
import dev.sallyport.recording.Asked;
import dev.sallyport.recording.Exec;
import dev.sallyport.recording.Recording;
import dev.sallyport.recording.Recordings;
import dev.sallyport.recording.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class RecordingCommandsTest {
  private static final String TYPED = "hello\u001b[31m red\r\n";

  @TempDir Path folder;
  private final TestPlugins plugins = new TestPlugins();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final ByteArrayOutputStream raw = new ByteArrayOutputStream();
  private final PrintStream systemOut = System.out;
  private String terminal = "";
  private String exec = "";

  @BeforeEach
  void record() throws Exception {
    Files.writeString(
        folder.resolve("sallyport.conf"),
        """
        sallyport {
          state-dir = "%s"
          private-networks = ["10.0.0.0/16"]
          auth { plugins = [{ type = authorized-keys, files = ["/keys/%%u"] }] }
        }
        """
            .formatted(folder));
    try (AuditLog audit = AuditLog.open(folder.resolve("audit"), "1.0");
        Recordings recordings =
            Recordings.open(folder.resolve("recordings"), Samples.STRICT, audit, "1.0")) {
      Instant begin = Instant.parse("2026-11-22T12:00:00Z");
      Recording one = recordings.start(Samples.CONNECTION, Samples.session("alice", "web"), begin);
      byte[] bytes = TYPED.getBytes(StandardCharsets.UTF_8);
      one.terminal(Asked.of(""), "xterm", 80, 24).output(bytes, 0, bytes.length);
      one.end(Optional.of(0), Optional.empty(), "ended");
      terminal = one.id();
      Recording two = recordings.start(Samples.CONNECTION, Samples.session("bob", "db"), begin);
      two.exec(Asked.of("ls")).output(bytes, 0, bytes.length);
      two.end(Optional.of(0), Optional.empty(), "ended");
      exec = two.id();
    }
    System.setOut(new PrintStream(raw, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(systemOut);
  }

  private int run(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--config";
    all[arguments.length + 1] = folder.resolve("sallyport.conf").toString();
    return Main.commandLine(
            plugins.factories(),
            name -> {
              throw new UnknownHostException(name.name());
            })
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  private String raw() {
    return raw.toString(StandardCharsets.UTF_8);
  }

  @Test
  void listsWhatWasAskedFor() {
    assertThat(run("recording", "list")).isZero();
    assertThat(out.toString().lines())
        .hasSize(3)
        .first()
        .asString()
        .matches("ID +BEGIN +LENGTH +USER +TARGET +WHAT");
    out.getBuffer().setLength(0);

    assertThat(run("recording", "list", "--user", "bob", "--target", "db:22")).isZero();
    assertThat(out.toString().lines()).hasSize(2).last().asString().startsWith(exec);
    out.getBuffer().setLength(0);

    assertThat(run("recording", "list", "--until", "2026-11-22T12:00:00Z")).isZero();
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("no recording matches", "'sallyport audit list' shows");
  }

  @Test
  void aTimeMayBeTypedAsItIsPrinted() {
    String printed = TimeText.local().of(Instant.parse("2026-11-22T12:00:00Z"));
    assertThat(run("recording", "list")).isZero();
    assertThat(out.toString()).contains(printed);
    out.getBuffer().setLength(0);

    assertThat(run("recording", "list", "--until", printed)).isZero();
    assertThat(out.toString()).isEmpty();
    assertThat(run("recording", "list", "--until", printed.substring(0, 10))).isZero();
    assertThat(out.toString()).isEmpty();
    assertThat(run("recording", "list", "--since", printed, "--until", "2026-11-24")).isZero();
    assertThat(out.toString().lines()).hasSize(3);
  }

  @Test
  void aRecordingIsAJsonObjectALine() {
    assertThat(run("recording", "list", "--json", "--user", "bob")).isZero();
    JsonNode one = SafeJson.MAPPER.readTree(out.toString());
    assertThat(out.toString().lines()).hasSize(1);
    assertThat(one.path("id").asString()).isEqualTo(exec);
    assertThat(one.path("begin").asString())
        .isEqualTo(TimeText.local().of(Instant.parse("2026-11-22T12:00:00Z")));
    assertThat(one.path("state").asString()).isEqualTo("ended");
    assertThat(one.path("user").asString()).isEqualTo("bob");
    assertThat(one.path("target").asString()).isEqualTo("db:22");
    assertThat(one.path("kind").asString()).isEqualTo("exec");
    assertThat(one.path("command").asString()).isEqualTo("ls");
    assertThat(one.path("exit_status").asInt()).isZero();
    assertThat(one.path("complete").asBoolean()).isTrue();
    assertThat(one.has("fault")).isFalse();
  }

  @Test
  void aLimitLeavesTheNewest() {
    assertThat(run("recording", "list", "--limit", "1", "--json")).isZero();
    assertThat(out.toString().lines()).hasSize(1);
    assertThat(run("audit", "list", "--user", "alice", "--limit", "1")).isZero();
    assertThat(raw().lines()).hasSize(2).last().asString().contains("the recording of alice");
    raw.reset();

    assertThat(run("audit", "list", "--limit", "1", "--json")).isZero();
    assertThat(SafeJson.MAPPER.readTree(raw()).path("class_uid").isIntegralNumber()).isTrue();
  }

  @Test
  void theAuditLogIsSearchedByUserTargetAndId() {
    assertThat(run("audit", "list", "--user", "alice")).isZero();
    assertThat(events()).hasSize(2).allMatch(line -> line.contains("the recording of alice"));
    String mark = events().getFirst().replaceAll(".*/(.*)]", "$1");
    raw.reset();

    assertThat(run("audit", "list", "--id", mark)).isZero();
    assertThat(events()).hasSize(2).allMatch(line -> line.endsWith("/" + mark + "]"));
    assertThat(terminal).startsWith(mark);
    raw.reset();

    assertThat(run("audit", "list", "--target", "db:22", "--since", "2000-01-01")).isZero();
    assertThat(events()).hasSize(2).allMatch(line -> line.contains("of bob as"));
    raw.reset();

    assertThat(run("audit", "list", "--until", "2000-01-01")).isZero();
    assertThat(raw()).isEmpty();
  }

  /** Below the header. */
  private List<String> events() {
    assertThat(raw()).startsWith("TIME ");
    return raw().lines().skip(1).toList();
  }

  @ParameterizedTest
  @CsvSource({"subsystem, sftp", "exec, scp -r -t app", "exec, rm -rf app", "subsystem, netconf"})
  void whoExportsWhatHasNoContentsIsToldWhereToLook(String kind, String asked) throws Exception {
    try (AuditLog audit = AuditLog.open(folder.resolve("audit"), "1.0");
        Recordings recordings =
            Recordings.open(folder.resolve("recordings"), Samples.STRICT, audit, "1.0")) {
      Recording silent =
          recordings.start(
              Samples.CONNECTION,
              Samples.session("carol", "web"),
              Instant.parse("2026-11-22T12:00:00Z"));
      Exec ran =
          kind.equals("exec") ? silent.exec(Asked.of(asked)) : silent.subsystem(Asked.of(asked));
      ran.passes();
      silent.end(Optional.of(0), Optional.empty(), "ended");

      assertThat(run("recording", "export", silent.id(), "--format", "text")).isEqualTo(1);
      assertThat(err.toString())
          .isEqualTo(
              "sallyport: recording %1$s: has printed nothing, and contents of files are not kept; what ran, how it ended and which files it moved is in the audit log: sallyport audit list --id %1$s\n"
                  .formatted(silent.id()));
      assertThat(raw()).isEmpty();
    }
  }

  @Test
  void refusesToPlayToWhatIsNoTerminalUnlessForced() {
    assertThat(run("recording", "play", terminal)).isEqualTo(1);
    assertThat(err.toString()).contains("--force");
    assertThat(raw()).isEmpty();

    assertThat(run("recording", "play", terminal, "--force", "--speed", "1000")).isZero();
    assertThat(raw()).contains(TYPED);
  }

  @Test
  void exportsTextAndAsciicast() throws Exception {
    assertThat(run("recording", "export", terminal, "--format", "text")).isZero();
    assertThat(raw()).isEqualTo("hello red\n");
    raw.reset();

    assertThat(run("recording", "export", terminal, "--format", "asciicast")).isZero();
    assertThat(raw())
        .isEqualTo(
            Files.readString(
                folder.resolve("recordings/2026/11/22").resolve(terminal).resolve("session.cast")));
    raw.reset();

    assertThat(run("recording", "export", exec, "--format", "text")).isZero();
    String streams =
        "[stdout]\nhello\\u001b[31m red\\u000d\n[end of stdout: %d bytes, complete]\n"
            .formatted(TYPED.length());
    assertThat(raw()).isEqualTo(streams);
    raw.reset();

    assertThat(run("recording", "export", terminal, "--format", "raw-text")).isZero();
    assertThat(raw()).isEqualTo("hello\\u001b[31m red\\u000d\n");
    raw.reset();

    assertThat(run("recording", "export", exec, "--format", "raw-text")).isZero();
    assertThat(raw()).isEqualTo(streams);
    assertThat(err.toString().lines()).allMatch(line -> line.contains("no server is running"));
  }

  @Test
  void theLatestRecordingNeedsNoId() {
    assertThat(run("recording", "export", "latest", "--format", "text")).isZero();
    assertThat(raw()).contains("hello");
  }

  @Test
  void readingARecordingIsToldTheAuditLogOfTheServerThatRuns() throws Exception {
    try (AuditLog audit = AuditLog.open(folder.resolve("audit"), "1.0");
        SpoolCollector collector = new SpoolCollector(folder.resolve("audit"), audit)) {
      assertThat(collector).isNotNull();
      Condition.await("it collects", () -> run("recording", "play", terminal, "--force") == 0);
      assertThat(run("recording", "export", exec, "--format", "text")).isZero();
    }
    assertThat(log())
        .contains("\"event_code\":\"recording-read\"")
        .contains("\"how\":\"play\"")
        .contains("\"how\":\"export as text\"")
        .contains(terminal, exec);
  }

  @Test
  void nothingIsShownThatCannotBeTold() throws Exception {
    Files.writeString(folder.resolve("audit/spool"), "in the way");

    assertThat(run("recording", "export", terminal, "--format", "text")).isEqualTo(1);
    assertThat(run("recording", "play", terminal, "--force")).isEqualTo(1);
    assertThat(raw()).isEmpty();
    assertThat(err.toString()).contains("recording " + terminal + ": ");
  }

  @Test
  void whatIsNotShownIsNotTold() throws Exception {
    assertThat(run("recording", "play", terminal)).isEqualTo(1);
    assertThat(run("recording", "export", exec, "--format", "asciicast")).isEqualTo(1);
    assertThat(folder.resolve("audit/spool")).doesNotExist();
  }

  private String log() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("audit"))) {
      return Files.readString(
          files.filter(file -> file.toString().endsWith(".jsonl")).findFirst().orElseThrow());
    }
  }

  @Test
  void exportsToANewFileOfItsOwner() throws Exception {
    String file = folder.resolve("text").toString();
    assertThat(run("recording", "export", terminal, "--format", "text", "--output", file)).isZero();
    assertThat(Path.of(file)).hasContent("hello red\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(file))))
        .isEqualTo("rw-------");

    err.getBuffer().setLength(0);

    assertThat(run("recording", "export", terminal, "--format", "text", "--output", file))
        .isEqualTo(1);
    assertThat(err.toString())
        .endsWith(
            "sallyport: recording %s: %s: exists already, and was not changed: choose another name\n"
                .formatted(terminal, file));
    assertThat(Path.of(file)).hasContent("hello red\n");

    String nowhere = folder.resolve("no/text").toString();
    assertThat(run("recording", "export", terminal, "--format", "text", "--output", nowhere))
        .isEqualTo(1);
    assertThat(err.toString())
        .endsWith(
            "sallyport: recording %s: %s: its folder does not exist\n"
                .formatted(terminal, nowhere));
  }

  @ParameterizedTest
  @CsvSource({
    "play zz, 1, there is no such recording",
    "play EXEC --force, 1, has no terminal",
    "export EXEC --format asciicast, 1, has no terminal",
    "play TERMINAL --speed 0, 2, --speed must be above 0",
    "play TERMINAL --speed NaN, 2, --speed must be above 0",
    "play TERMINAL --speed 1001, 2, at most 1000",
    "play TERMINAL --idle-limit 2, 2, with its unit",
    "export TERMINAL --format cast, 2, 'write asciicast, text or raw-text'",
    "export TERMINAL, 2, --format",
    "play, 2, ID",
    "list --since noon, 2, write a time",
    "list --since 2026-02-30, 2, write a time",
    "list --since +999999999-01-01T00:00:00Z, 2, write a time",
    "list --since -999999999-01-01T00:00:00+18:00, 2, write a time",
  })
  void saysWhatIsWrong(String arguments, int code, String message) {
    String line = arguments.replace("TERMINAL", terminal).replace("EXEC", exec);
    assertThat(run(("recording " + line).strip().split(" "))).isEqualTo(code);
    assertThat(err.toString()).contains(message);
    assertThat(raw()).isEmpty();
  }

  @Test
  void escapesTheIdThatItRepeats() {
    assertThat(run("recording", "play", "\u001b[2J")).isEqualTo(1);
    assertThat(err.toString()).matches("[ -~\n]+");
  }
}
