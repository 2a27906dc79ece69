package dev.sallyport.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.Fuzz;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.SafeJson;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.model.Sha256;
import dev.sallyport.review.CastEvent;
import dev.sallyport.review.CastReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TerminalTest {
  private static final Instant BEGIN = Instant.parse("2026-11-22T23:59:59Z");

  @TempDir Path state;
  private AuditLog audit;
  private Recordings recordings;

  @BeforeEach
  void open() throws IOException {
    audit = AuditLog.open(state.resolve("audit"), "1.0");
    recordings = Recordings.open(state.resolve("recordings"), Samples.STRICT, audit, "1.0");
  }

  @AfterEach
  void close() {
    recordings.close();
    audit.close();
  }

  private Recording start(SessionFacts session) throws RecordingException {
    return recordings.start(Samples.CONNECTION, session, BEGIN);
  }

  private static Map<String, String> end(Recording recording) {
    return recording.end(Optional.of(0), Optional.empty(), "the session ended");
  }

  private static List<CastEvent> events(Path cast) throws IOException {
    List<CastEvent> events = new ArrayList<>();
    try (CastReader reader = CastReader.open(cast)) {
      Optional<CastEvent> next = reader.next();
      while (next.isPresent()) {
        events.add(next.get());
        next = reader.next();
      }
    }
    return events;
  }

  private static byte[] output(Path cast) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (CastEvent event : events(cast)) {
      if (event instanceof CastEvent.Output(var at, String text)) {
        bytes.writeBytes(CastText.bytes(text));
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void writesAnAsciicastInTheFolderOfItsUtcDay() throws Exception {
    SessionFacts session = Samples.session();
    Recording recording = start(session);
    Terminal terminal = recording.terminal(Asked.of(""), "xterm-256color", 200, 50);
    byte[] hello = Samples.bytes("hello \"w\u00f6rld\"\\\u001b[0m\r\n");
    terminal.output(hello, 0, hello.length);
    terminal.resize(120, 30);
    terminal.input(new byte[] {'x', 'l', 's', 'y'}, 1, 2);
    Map<String, String> hashes = end(recording);

    Path folder = state.resolve("recordings/2026/11/22").resolve(session.id());
    Path cast = folder.resolve("session.cast");
    List<String> lines = Files.readAllLines(cast);
    JsonNode header = SafeJson.MAPPER.readTree(lines.getFirst());
    assertThat(header.path("version").intValue()).isEqualTo(2);
    assertThat(header.path("width").intValue()).isEqualTo(200);
    assertThat(header.path("height").intValue()).isEqualTo(50);
    assertThat(header.path("timestamp").longValue()).isEqualTo(BEGIN.getEpochSecond());
    assertThat(header.path("title").stringValue()).isEqualTo("alice: ec2-user@web.internal:22");
    assertThat(header.path("env").path("TERM").stringValue()).isEqualTo("xterm-256color");
    assertThat(lines.get(1))
        .matches(
            "\\[\\d+\\.\\d{6}, \"o\", \"hello"
                + " \\\\\"w\\\\u00f6rld\\\\\"\\\\\\\\\\\\u001b\\[0m\\\\r\\\\n\"]");
    assertThat(lines.get(2)).endsWith(", \"r\", \"120x30\"]");
    assertThat(lines.get(3)).endsWith(", \"i\", \"ls\"]");
    assertThat(lines).hasSize(4);
    assertThat(hashes).containsOnlyKeys("session.cast", "manifest.json");
    assertThat(hashes.get("session.cast")).isEqualTo(Sha256.of(cast));
    assertThat(hashes.get("manifest.json")).isEqualTo(Sha256.of(folder.resolve("manifest.json")));
    for (Path path : List.of(folder, cast, folder.resolve("manifest.json"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .matches("rw[x-]------");
    }
    assertThat(Folders.files(state.resolve("recordings/live"))).isEmpty();
  }

  @Test
  void theFileIsPrintableAsciiWhateverTheTerminalWasSent() throws Exception {
    SessionFacts session = Samples.session("al\u001b[2Jice\u202e", "h\u0000st");
    Recording recording = start(session);
    Terminal terminal = recording.terminal(Asked.of("ls\u001b]0;x\u0007"), "x\nterm", 0, -5);
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    terminal.output(all, 0, all.length);
    end(recording);

    for (Path file : Folders.files(recording.folder())) {
      assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).matches("[ -~\n]+");
    }
    assertThat(output(recording.folder().resolve("session.cast"))).isEqualTo(all);
  }

  @Test
  void whateverGoesInComesOutHoweverItIsSplit() {
    Fuzz.run(
        150,
        (fuzz, round) -> {
          Recording recording = start(Samples.session());
          Terminal terminal = recording.terminal(Asked.of(""), "xterm", 80, 24);
          ByteArrayOutputStream sent = new ByteArrayOutputStream();
          for (int i = fuzz.below(30); i > 0; i--) {
            byte[] some = new byte[fuzz.below(fuzz.below(5) == 0 ? 40_000 : 20)];
            for (int j = 0; j < some.length; j++) {
              some[j] = (byte) fuzz.below(fuzz.below(2) == 0 ? 256 : 128);
            }
            terminal.output(some, 0, some.length);
            sent.writeBytes(some);
            if (fuzz.below(10) == 0) {
              terminal.resize(fuzz.below(300), fuzz.below(100));
            }
          }
          end(recording);
          assertThat(output(recording.folder().resolve("session.cast")))
              .isEqualTo(sent.toByteArray());
        });
  }

  @Test
  void aSplitCharacterIsWholeInTheLaterEvent() throws Exception {
    Recording recording = start(Samples.session());
    Terminal terminal = recording.terminal(Asked.of(""), "xterm", 80, 24);
    byte[] euro = Samples.bytes("\u20ac");
    terminal.output(euro, 0, 1);
    terminal.input(euro, 0, 2); // the other direction is another stream
    terminal.output(euro, 1, 2);
    terminal.input(euro, 2, 1);
    terminal.output(euro, 0, 2);
    end(recording);

    assertThat(events(recording.folder().resolve("session.cast")))
        .extracting(event ->
            switch (event) {
              case CastEvent.Output(var at, String text) -> "o" + text;
              case CastEvent.Input(var at, String text) -> "i" + text;
              case CastEvent.Resize _, CastEvent.Other _ -> "?";
            })
        .containsExactly("o\u20ac", "i\u20ac", "o\uefe2\uef82");
  }

  @Test
  void aScreenThatIsNoneOrTooLargeBecomesOneThatPlayersTake() throws Exception {
    Recording recording = start(Samples.session());
    Terminal terminal = recording.terminal(Asked.of(""), "xterm", -1, Integer.MAX_VALUE);
    terminal.resize(0, 5000);
    end(recording);

    List<String> lines = Files.readAllLines(recording.folder().resolve("session.cast"));
    assertThat(lines.getFirst()).contains("\"width\":80,\"height\":2000");
    assertThat(lines.getLast()).contains("\"80x2000\"");
  }

  @Test
  void twoThreadsMixEventsButNeverBytes() throws Exception {
    Recording recording = start(Samples.session());
    Terminal terminal = recording.terminal(Asked.of(""), "xterm", 80, 24);
    byte[] out = Samples.bytes("o".repeat(999) + "\n");
    byte[] in = Samples.bytes("i\u20ac");
    Thread typing =
        Thread.ofVirtual()
            .start(() -> {
              try {
                for (int i = 0; i < 5000; i++) {
                  terminal.input(in, 0, in.length);
                }
              } catch (RecordingException e) {
                throw new IllegalStateException(e);
              }
            });
    for (int i = 0; i < 5000; i++) {
      terminal.output(out, 0, out.length);
    }
    typing.join();
    Map<String, String> hashes = end(recording);

    Path cast = recording.folder().resolve("session.cast");
    StringBuilder typed = new StringBuilder();
    for (CastEvent event : events(cast)) {
      switch (event) {
        case CastEvent.Output(var at, String text) -> assertThat(text).matches("[o\n]+");
        case CastEvent.Input(var at, String text) -> typed.append(text);
        case CastEvent.Resize _, CastEvent.Other _ -> throw new AssertionError(event);
      }
    }
    assertThat(typed.toString()).isEqualTo("i\u20ac".repeat(5000));
    assertThat(output(cast)).hasSize(5000 * 1000);
    assertThat(hashes.get("session.cast")).isEqualTo(Sha256.of(cast));
  }

  @Test
  void timesNeverRunBackwards() throws Exception {
    Recording recording = start(Samples.session());
    Terminal terminal = recording.terminal(Asked.of(""), "xterm", 80, 24);
    for (int i = 0; i < 1000; i++) {
      terminal.output(new byte[] {'x'}, 0, 1);
    }
    end(recording);
    List<CastEvent> events = events(recording.folder().resolve("session.cast"));
    assertThat(events).hasSize(1000).isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
  }

  @Test
  void endingTwiceChangesNothingAndWritingAfterwardsIsRefused() throws Exception {
    Recording recording = start(Samples.session());
    Terminal terminal = recording.terminal(Asked.of(""), "xterm", 80, 24);
    Map<String, String> hashes = end(recording);

    assertThat(recording.end(Optional.empty(), Optional.of("KILL"), "again")).isEqualTo(hashes);
    assertThat(Files.readString(recording.folder().resolve("manifest.json")))
        .contains("\"exit_status\" : 0")
        .doesNotContain("again");
    assertThatThrownBy(() -> terminal.output(new byte[1], 0, 1))
        .isInstanceOf(RecordingException.class)
        .hasMessageContaining("has ended");
    assertThat(Arrays.asList(recordings.live())).containsExactly(0);
  }

  @Test
  void oneRecordingHoldsOneSession() throws Exception {
    Recording recording = start(Samples.session());
    recording.terminal(Asked.of(""), "xterm", 80, 24);
    assertThatThrownBy(() -> recording.exec(Asked.of("ls")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anIdThatIsNoUuidIsNoPartOfAPath() {
    SessionFacts evil = Samples.session();
    SessionFacts session =
        new SessionFacts(
            "../../etc",
            evil.user(),
            evil.target(),
            evil.address(),
            evil.login(),
            evil.rule(),
            evil.way());
    assertThatThrownBy(() -> start(session)).isInstanceOf(IllegalArgumentException.class);
    assertThat(state.resolve("recordings/2026")).doesNotExist();
  }
}
