package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class SessionOcsfTest {
  private static JsonNode encode(AuditEvent event) {
    byte[] encoded = new OcsfEncoder("1.2.3", "bastion").encode(event);
    return SafeJson.MAPPER.readTree(OcsfEncoder.line(encoded, 7));
  }

  private static JsonNode transferred(FileDirection direction, String path, String sha256) {
    return encode(
        new SessionEvent.FileTransferred(
            Samples.AT,
            Samples.CONNECTION,
            Samples.session("X"),
            direction,
            path,
            300,
            4096,
            sha256,
            "sftp",
            "ok",
            Optional.empty()));
  }

  /** The client is the source: what it fetches is what comes in to it. */
  @Test
  void fetchedBytesComeInAndSentBytesGoOut() {
    JsonNode fetched = transferred(FileDirection.GET, "/a", "ab12");
    JsonNode sent = transferred(FileDirection.PUT, "/a", "ab12");

    assertThat(fetched.path("activity_id").intValue()).isEqualTo(2);
    assertThat(fetched.path("traffic").toString()).isEqualTo("{\"bytes_in\":300}");
    assertThat(sent.path("activity_id").intValue()).isEqualTo(1);
    assertThat(sent.path("traffic").toString()).isEqualTo("{\"bytes_out\":300}");
  }

  @Test
  void aFileWithoutHashHasNone() {
    assertThat(transferred(FileDirection.GET, "/a", "").path("file").has("hashes")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"/a/b,b", "/a,a", "a,a", "a/b/,b", "/a//,a", "/,/", "//,/", "'',''", "/a/.., .."})
  void aFilesNameIsTheLastOfItsPath(String path, String name) {
    JsonNode file = transferred(FileDirection.PUT, path, "").path("file");

    assertThat(file.path("name").stringValue()).isEqualTo(name);
    assertThat(file.path("path").stringValue()).isEqualTo(path);
  }

  /** Linux has paths of 4,096 bytes; what matters in a padded one is its end. */
  @Test
  void aPathIsKeptWhole() {
    String path = "/.".repeat(2000) + "/root/.ssh/authorized_keys";
    SessionEvent.FileChanged renamed =
        new SessionEvent.FileChanged(
            Samples.AT,
            Samples.CONNECTION,
            Samples.session("X"),
            FileChange.RENAME,
            "/a",
            Optional.of(path),
            "",
            "ok");

    JsonNode file = transferred(FileDirection.PUT, path, "").path("file");
    assertThat(file.path("path").stringValue()).isEqualTo(path);
    assertThat(file.path("name").stringValue()).isEqualTo("authorized_keys");
    assertThat(encode(renamed).path("unmapped").path("new_path").stringValue()).isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource({
    "RENAME,5,Rename,0",
    "REMOVE,4,Delete,0",
    "REMOVE_DIRECTORY,4,Delete,2",
    "MAKE_DIRECTORY,99,Make Directory,2",
    "SET_ATTRIBUTES,99,Set Attributes,0",
    "LINK,99,Link,0"
  })
  void everyChangeIsAnActivityOfFiles(FileChange change, int activity, String name, int type) {
    JsonNode json =
        encode(
            new SessionEvent.FileChanged(
                Samples.AT,
                Samples.CONNECTION,
                Samples.session("X"),
                change,
                "/a",
                Optional.empty(),
                "",
                "ok"));

    assertThat(json.path("class_uid").intValue()).isEqualTo(4008);
    assertThat(json.path("activity_id").intValue()).isEqualTo(activity);
    assertThat(json.path("activity_name").stringValue()).isEqualTo(name);
    assertThat(json.path("file").path("type_id").intValue()).isEqualTo(type);
    assertThat(json.path("status_id").intValue()).isEqualTo(1);
  }

  @Test
  void aSessionThatGoesOnUnrecordedIsAllowed() {
    JsonNode json =
        encode(
            new RecordingEvent.RecordingFailed(
                Samples.AT, Samples.CONNECTION, Samples.session("X"), "disk full", true));

    assertThat(json.path("action_id").intValue()).isEqualTo(1);
    assertThat(json.path("status_id").intValue()).isEqualTo(2);
  }

  @Test
  void aForwardAtWhichNobodyLookedTellsNothingOfItsBytes() {
    AuditEvent.Forward forward =
        new AuditEvent.Forward("f-1", "alice", Samples.session("X").target());
    JsonNode json =
        encode(
            new AuditEvent.ForwardClosed(
                Samples.AT,
                Samples.CONNECTION,
                forward,
                Samples.DIALLED,
                "r",
                1,
                2,
                java.time.Duration.ofSeconds(1),
                "x",
                TrafficSummary.NONE));

    assertThat(json.has("app_protocol_name")).isFalse();
    assertThat(json.has("unmapped")).isFalse();
    assertThat(json.path("traffic").has("packets_in")).isFalse();
  }

  @Test
  void aLongSeriesIsCutWithoutLosingItsSums() {
    TrafficSummary summary =
        new TrafficSummary(
            LongStream.rangeClosed(1, 200)
                .mapToObj(i -> new TrafficSample(1, i, 2 * i, 3, 4))
                .toList(),
            "ssh",
            Optional.empty(),
            Optional.empty());

    assertThat(summary.series()).hasSize(TrafficSummary.MOST_SAMPLES);
    assertThat(summary.series().stream().mapToLong(TrafficSample::bytesToTarget).sum())
        .isEqualTo(20_100);
    assertThat(summary.series().getLast())
        .isEqualTo(new TrafficSample(137, 18_084, 36_168, 411, 548));
  }
}
