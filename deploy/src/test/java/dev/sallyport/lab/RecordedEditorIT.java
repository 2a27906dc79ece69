package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an editor's remote mode does, such as Visual Studio Code's Remote-SSH, through a rule with
 * {@code inner = [forward]}: {@code editor.py} has the pattern.
 */
@Laboratory
class RecordedEditorIT {
  /** By {@code editor.py}, of each conversation. */
  private static final long BYTES = 8L << 20;

  private static final int CHANNELS = 6;

  private final Machine client;
  private final Machine target;
  private final Bastion bastion;

  RecordedEditorIT(Vpc vpc) {
    client = vpc.client();
    target = vpc.web();
    bastion = vpc.bastion();
  }

  @AfterEach
  void stopTheServerOfTheEditor() {
    target.run("kill $(cat /home/ec2-user/.editor-server/pid)").succeeds();
    target.run("rm -r /home/ec2-user/.editor-server").succeeds();
  }

  private JsonNode edits(String way) {
    return JsonMapper.shared()
        .readTree(
            client
                .run(
                    "python3 /usr/local/lib/lab/editor.py %s vera@bastion recorded-web"
                        .formatted(way))
                .succeeds()
                .out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks", "local", "master"})
  void anEditorsServerOnTheTargetsLoopbackIsReached(String way) {
    long mark = bastion.mark();
    JsonNode seen = edits(way);

    assertThat(seen.at("/all_came_back").asBoolean()).as("%s", seen).isTrue();
    assertThat(seen.at("/idle_lives").asBoolean()).as("%s", seen).isTrue();
    assertThat(seen.at("/reconnected").asBoolean()).as("%s", seen).isTrue();

    AuditLog.Event session =
        bastion.awaits(mark, "session-closed", event -> event.command().equals("bash"));
    assertThat(session.user()).isEqualTo("vera");
    assertThat(session.rule()).isEqualTo("recorded-editor");
    bastion.awaits(
        mark, "recording-finalised", event -> event.at("/connection_uid").equals(session.uid()));
    assertThat(
            bastion
                .sallyport("recording export %s --format text".formatted(session.uid()))
                .succeeds()
                .out())
        .contains("listeningOn==" + seen.at("/port").asString() + "==");

    // Each conversation is a forward of its own in the log, decided by a rule of its own.
    Until.holds(
        "every conversation is in the log",
        () -> closed(mark, seen.at("/port").asInt()).size() >= CHANNELS + 4);
    List<AuditLog.Event> forwards = closed(mark, seen.at("/port").asInt());
    assertThat(forwards)
        .allSatisfy(event -> {
          assertThat(event.user()).isEqualTo("vera");
          assertThat(event.rule()).isEqualTo("editor-server");
          assertThat(event.targetHost()).isEqualTo("127.0.0.1");
        });
    assertThat(forwards)
        .filteredOn(event -> event.bytesToTarget() > BYTES && event.bytesFromTarget() > BYTES)
        .hasSizeGreaterThanOrEqualTo(CHANNELS + 1);
  }

  private List<AuditLog.Event> closed(long mark, int port) {
    return bastion
        .auditLog()
        .after(mark)
        .of("forward-closed")
        .filter(event -> event.targetPort() == port)
        .toList();
  }

  @Test
  void afterTheConnectionIsLostTheSameServerIsFoundAgain() {
    long mark = bastion.mark();
    JsonNode seen = edits("socks");

    assertThat(seen.at("/same_port").asBoolean()).as("%s", seen).isTrue();
    assertThat(seen.at("/second").asInt()).isEqualTo(seen.at("/first").asInt());
    assertThat(seen.at("/works_again").asBoolean()).as("%s", seen).isTrue();
    assertThat(seen.at("/exit").asInt()).as("%s", seen).isZero();

    // The loopback is the target: its sshd is for recorded sessions, and other ports need a rule.
    assertThat(seen.at("/sshd").asString()).isEqualTo("closed");
    assertThat(seen.at("/other").asString()).isEqualTo("closed");
    for (int port : new int[] {22, 8000}) {
      AuditLog.Event refused =
          bastion.awaits(mark, "forward-refused", event -> event.targetPort() == port);
      assertThat(refused.user()).isEqualTo("vera");
    }
  }
}
