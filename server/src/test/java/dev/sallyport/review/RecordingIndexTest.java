package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.recording.Asked;
import dev.sallyport.recording.Markers;
import dev.sallyport.recording.Recording;
import dev.sallyport.recording.Recordings;
import dev.sallyport.recording.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordingIndexTest {
  @TempDir Path state;
  private AuditLog audit;
  private Recordings recordings;

  @BeforeEach
  void open() throws IOException {
    audit = AuditLog.open(state.resolve("audit"), "1.0");
    recordings = Recordings.open(root(), Samples.STRICT, audit, "1.0");
  }

  @AfterEach
  void close() {
    recordings.close();
    audit.close();
  }

  private Path root() {
    return state.resolve("recordings");
  }

  private String record(String begin, String user, String host) throws Exception {
    Recording recording =
        recordings.start(Samples.CONNECTION, Samples.session(user, host), Instant.parse(begin));
    recording.exec(Asked.of("ls \u001b[2J")).output(new byte[] {'x'}, 0, 1);
    recording.end(Optional.of(1), Optional.empty(), "the command ended");
    endedAt(recording.id(), Instant.parse(begin).plusSeconds(1));
    return recording.id();
  }

  private void endedAt(String id, Instant end) throws IOException {
    Path folder = ((RecordingIndex.Found.One) new RecordingIndex(root()).find(id)).folder();
    Path manifest = folder.resolve("manifest.json");
    String text = Files.readString(manifest);
    String ended = text.replaceFirst("\"end\" : \"[^\"]*\"", "\"end\" : \"" + end + "\"");
    assertThat(ended).isNotEqualTo(text);
    Files.writeString(manifest, ended);
  }

  @Test
  void anEveningHasTheSessionsThatWentOnThenAndNotOnlyThoseThatBeganThen() throws Exception {
    String overnight = record("2026-03-13T09:00:00Z", "alice", "web.internal");
    endedAt(overnight, Instant.parse("2026-03-14T18:00:01Z"));
    String before = record("2026-03-14T17:00:00Z", "alice", "web.internal");
    endedAt(before, Instant.parse("2026-03-14T17:59:59Z"));
    String within = record("2026-03-14T20:00:00Z", "alice", "web.internal");
    record("2026-03-14T23:00:00Z", "alice", "web.internal");

    assertThat(search("alice", "web.internal", "2026-03-14T18:00:00Z", "2026-03-14T23:00:00Z"))
        .extracting(entry -> entry.folder().getFileName().toString())
        .containsExactly(overnight, within);
  }

  /** A hyphen wants anything. */
  private static Optional<String> wanted(String text) {
    return Optional.of(text).filter(any -> !any.equals("-"));
  }

  private List<RecordingIndex.Entry> search(String user, String target, String since, String until)
      throws IOException {
    return search(user, target, since, until, OptionalInt.empty());
  }

  private List<RecordingIndex.Entry> search(
      String user, String target, String since, String until, OptionalInt limit)
      throws IOException {
    List<RecordingIndex.Entry> found = new ArrayList<>();
    new RecordingIndex(root())
        .search(
            new RecordingIndex.Query(
                wanted(user),
                wanted(target).map(WantedTarget::parse),
                wanted(since).map(Instant::parse),
                wanted(until).map(Instant::parse)),
            limit,
            found::add);
    return found;
  }

  @ParameterizedTest
  @CsvSource({
    "-, -, -, -, alice alice2 bob carol2",
    "alice, -, -, -, alice alice2",
    "alic, -, -, -, ''",
    "-, WEB.internal, -, -, alice alice2",
    "-, web.internal:22, -, -, alice alice2",
    "-, web.internal:23, -, -, ''",
    "-, 10.0.2.15, -, -, alice alice2 bob carol2",
    "-, 10.0.2.15:22, -, -, alice alice2 bob carol2",
    "-, 10.0.2.1, -, -, ''",
    "-, fd00::5, -, -, carol2",
    "-, '[fd00::5]:22', -, -, carol2",
    "-, '[fd00:0::5]', -, -, carol2",
    "-, '[fd00::5]:23', -, -, ''",
    "-, -, 2026-11-21T23:00:00.1Z, -, alice2 bob carol2",
    "-, -, -, 2026-11-21T23:00:00Z, alice",
    "-, -, 2026-11-21T23:00:00.1Z, 2026-11-22T10:00:00.000001Z, alice2 bob",
    "bob, db, 2026-11-22T00:00:00Z, 2026-11-23T00:00:00Z, bob",
  })
  void findsByUserTargetAndTimeTheOldestFirst(
      String user, String target, String since, String until, String expected) throws Exception {
    Map<String, String> ids = new HashMap<>();
    ids.put(record("2026-11-21T22:59:59Z", "alice", "web.internal"), "alice");
    ids.put(record("2026-11-21T23:00:00Z", "alice", "web.internal"), "alice2");
    ids.put(record("2026-11-22T10:00:00Z", "bob", "db"), "bob");
    ids.put(record("2026-12-01T00:00:00Z", "carol2", "fd00::5"), "carol2");

    assertThat(
            search(user, target, since, until).stream()
                .map(entry -> String.valueOf(ids.get(entry.folder().getFileName().toString()))))
        .containsExactlyElementsOf(expected.isEmpty() ? List.of() : List.of(expected.split(" ")));
  }

  @Test
  void theLatestRecordingIsTheOneThatBeganLast() throws Exception {
    assertThat(new RecordingIndex(root()).latest()).isEqualTo(new RecordingIndex.Found.None());

    record("2026-11-21T12:00:00Z", "carol", "web");
    String last = record("2026-11-22T10:00:00Z", "bob", "db");
    record("2026-11-22T09:00:00Z", "alice", "web");
    Files.createDirectories(root().resolve("2026/11/22/00000000-0000-4000-8000-000000000001"));
    assertThat(new RecordingIndex(root()).latest())
        .isInstanceOfSatisfying(
            RecordingIndex.Found.One.class,
            found -> assertThat(found.folder().getFileName()).hasToString(last));
  }

  @Test
  void tellsABrokenRecordingInEverySearchAndLeavesOutWhatIsNone() throws Exception {
    String id = record("2026-11-21T22:59:59Z", "alice", "web");
    Path broken = root().resolve("2026/11/21/00000000-0000-4000-8000-000000000001");
    Files.createDirectory(broken);
    Files.createDirectories(root().resolve("2026/11/21/notes"));
    Files.createDirectories(root().resolve("2026/13/45"));
    Files.createDirectories(root().resolve("lost+found"));

    assertThat(search("alice", "-", "-", "-"))
        .hasSize(2)
        .first()
        .isEqualTo(new RecordingIndex.Entry.Broken(broken, "its manifest is missing"));
    Files.writeString(broken.resolve("manifest.json"), "\u001b[2J");
    assertThat(search("bob", "-", "-", "-"))
        .singleElement()
        .extracting(this::line)
        .asString()
        .contains("cannot be read", "not a manifest")
        .matches("[ -~]+");
    assertThat(new RecordingIndex(root()).find(id)).isInstanceOf(RecordingIndex.Found.One.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "true", "\"\"", "-1", "[null]", "{\"a\" : null}"})
  void oneDamagedValueOfAManifestStopsNoSearch(String value) throws Exception {
    String id = record("2026-11-21T22:59:59Z", "alice", "web");
    Path file = root().resolve("2026/11/21").resolve(id).resolve("manifest.json");
    String good = Files.readString(file);
    Matcher values = Pattern.compile("(?<=\" : )(\"[^\"]*\"|[0-9]+|false)").matcher(good);
    int count = 0;
    while (values.find()) {
      count++;
      Files.writeString(
          file, good.substring(0, values.start()) + value + good.substring(values.end()));
      assertThat(search("-", "-", "-", "-")).as(Files.readString(file)).hasSize(1);
    }
    assertThat(count).isGreaterThan(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"product", "id", "user", "ip", "kind", "command", "reason", "sha256"})
  void aManifestWithoutATextThatBelongsThereIsNone(String key) throws Exception {
    String id = record("2026-11-21T22:59:59Z", "alice", "web");
    Path folder = root().resolve("2026/11/21").resolve(id);
    String good = Files.readString(folder.resolve("manifest.json"));
    String broken = good.replaceFirst("\"" + key + "\" : \"[^\"]*\"", "\"" + key + "\" : null");
    assertThat(broken).isNotEqualTo(good);
    Files.writeString(folder.resolve("manifest.json"), broken);

    assertThat(search("-", "-", "-", "-"))
        .containsExactly(
            new RecordingIndex.Entry.Broken(
                folder, "its manifest is not a manifest that this version of Sallyport reads"));
  }

  @Test
  void anIdMayBeShortWhileItIsUnique() throws Exception {
    Path one = root().resolve("2026/11/21/ab000000-0000-4000-8000-000000000001");
    Path two = root().resolve("2026/11/22/ab100000-0000-4000-8000-000000000001");
    Files.createDirectories(one);
    Files.createDirectories(two);
    RecordingIndex index = new RecordingIndex(root());

    assertThat(index.find("ab0")).isEqualTo(new RecordingIndex.Found.One(one));
    assertThat(index.find("ab"))
        .isEqualTo(
            new RecordingIndex.Found.Several(
                List.of(two.getFileName().toString(), one.getFileName().toString())));
    assertThat(index.find("ac")).isEqualTo(new RecordingIndex.Found.None());
    for (String none : List.of("", "../..", "AB0", "ab0/", "*")) {
      assertThat(index.find(none)).as(none).isEqualTo(new RecordingIndex.Found.None());
    }
  }

  private String line(RecordingIndex.Entry entry) {
    return String.join(
        "  ",
        new RecordingLine(ZoneOffset.UTC, manifest -> Markers.isLive(root(), manifest))
            .cells(entry));
  }

  @ParameterizedTest
  @CsvSource({
    "-, 1, carol",
    "-, 2, bob carol",
    "-, 3, alice2 bob carol",
    "-, 9, alice alice2 bob carol",
    "alice, 1, alice2"
  })
  void aLimitKeepsTheNewestInTheirOrder(String user, int limit, String expected) throws Exception {
    Map<String, String> ids = new HashMap<>();
    ids.put(record("2026-11-21T22:59:59Z", "alice", "web"), "alice");
    ids.put(record("2026-11-21T23:00:00Z", "alice", "web"), "alice2");
    ids.put(record("2026-11-21T23:00:01Z", "bob", "web"), "bob");
    ids.put(record("2026-12-01T00:00:00Z", "carol", "web"), "carol");

    assertThat(
            search(user, "-", "-", "-", OptionalInt.of(limit)).stream()
                .map(entry -> ids.get(entry.folder().getFileName().toString())))
        .containsExactly(expected.split(" "));
  }

  @Test
  void findsNothingWhereNothingIs() throws Exception {
    assertThat(new RecordingIndex(state.resolve("none")).find("ab"))
        .isEqualTo(new RecordingIndex.Found.None());
  }

  @Test
  void aLineSaysWhoWhereAndHowItEnded() throws Exception {
    String id = record("2026-11-21T22:59:59Z", "al\u202eice", "web\n");
    assertThat(search("-", "-", "-", "-"))
        .singleElement()
        .extracting(this::line)
        .asString()
        .startsWith(id + "  2026-11-21T22:59:59+00:00  ")
        .endsWith("  al\\u202eice  ec2-user@web\\u000a:22  exec ls \\u001b[2J  exit 1");
  }
}
