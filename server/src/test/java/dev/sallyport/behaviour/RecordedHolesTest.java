package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sessions of sftp that leave a hole in a file, behind which what they write must wait for its
 * hash: all of them together must not use up the heap. The server is a process with a small one.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordedHolesTest {
  private static final int CONNECTIONS = 5;

  /** Of a connection: sshd's MaxSessions allows 10. */
  private static final int SESSIONS = 9;

  private static final int PART = 32 * 1024;

  /** As many parts as an observer would keep for one file. */
  private static final int PARTS = 63;

  @TempDir Path directory;

  @Test
  void manyFilesWithHolesLoseTheirHashesAndTheServerServesOthers() throws Exception {
    try (OpenSshd instance = new OpenSshd(directory.resolve("instance"))) {
      Path configuration =
          TestBastion.prepare(
              directory,
              instance.credential(),
              "recording.reserve = \"0 B\"",
              "rules = [\n"
                  + instance.recordedRule("")
                  + "{ name = plain, users = [mallory], to = [\"127.0.0.1:1-65535\"] }"
                  + "]");
      AuditReader audit = new AuditReader(TestBastion.auditDirectory(directory));
      List<Command> running = new ArrayList<>();
      try (Command server =
          TestBastion.serve(
              configuration,
              "-Xmx96m",
              "-XX:+UseSerialGC",
              "-XX:+ExitOnOutOfMemoryError",
              "--enable-native-access=ALL-UNNAMED")) {
        OpenSsh ssh =
            TestBastion.clients(directory, TestBastion.awaitPort(audit))
                .host("instance", instance.behindBastion());
        try {
          for (int i = 0; i < CONNECTIONS; i++) {
            connect(ssh, running, i);
          }
          for (int i = 0; i < CONNECTIONS; i++) {
            attack(ssh, running, i);
          }
          assertThat(server.isAlive()).as(server.errors()).isTrue();
          assertThat(ssh.ssh("-W", "127.0.0.1:" + instance.port(), "bastion-as-mallory").output())
              .startsWith("SSH-2.0-OpenSSH");
          AuditReader.Event refused = audit.await("memory-refused");
          assertThat(refused.user()).isEqualTo("alice");
        } finally {
          running.forEach(Command::close);
        }
        Condition.await(
            "a file lost its hash for want of memory",
            () ->
                audit.events("file-transferred").stream()
                    .anyMatch(event ->
                        event
                            .json()
                            .at("/unmapped/unhashed")
                            .asString("")
                            .contains("share of the bastion's memory")));
        assertThat(server.isAlive()).as(server.errors()).isTrue();
      }
    }
  }

  private void connect(OpenSsh ssh, List<Command> running, int connection) {
    Command master = ssh.start("-M", "-N", "-o", control(connection), "instance");
    running.add(master);
    Path socket = directory.resolve("cm-" + connection);
    Condition.await(
        "the master listens, or has failed", () -> Files.exists(socket) || !master.isAlive());
    assertThat(socket).as(master.errors()).exists();
  }

  private String control(int connection) {
    return "ControlPath=" + directory.resolve("cm-" + connection);
  }

  private void attack(OpenSsh ssh, List<Command> running, int connection) throws IOException {
    for (int i = 0; i < SESSIONS; i++) {
      Command sftp = ssh.start("-o", control(connection), "-s", "instance", "sftp");
      running.add(sftp);
      leaveHole(sftp, directory.resolve("file-%d-%d".formatted(connection, i)));
    }
  }

  private static void leaveHole(Command sftp, Path file) throws IOException {
    DataInputStream answers = new DataInputStream(sftp.output());
    try {
      OutputStream requests = sftp.input();
      requests.write(packet(1, 3));
      requests.write(packet(3, 1, file.toString(), 0xa, 0));
      requests.flush();
      answers.readNBytes(answers.readInt());
      byte[] opened = answers.readNBytes(answers.readInt());
      String name = new String(opened, 9, opened.length - 9, StandardCharsets.ISO_8859_1);
      requests.write(packet(6, 2, name, 0L, "x"));
      for (int i = 0; i < PARTS; i++) {
        requests.write(packet(6, 3 + i, name, 2L + (long) i * PART, "y".repeat(PART)));
      }
      requests.flush();
      for (int i = 0; i <= PARTS; i++) {
        answers.readNBytes(answers.readInt());
      }
    } catch (IOException refused) {
      // Which is right: the share is used up.
      assertThat(sftp.await().exit()).as(sftp.errors()).isNotZero();
    }
  }

  private static byte[] packet(int type, Object... fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(type);
    for (Object field : fields) {
      switch (field) {
        case Integer number -> out.writeInt(number);
        case Long number -> out.writeLong(number);
        case String text -> {
          byte[] data = text.getBytes(StandardCharsets.ISO_8859_1);
          out.writeInt(data.length);
          out.write(data);
        }
        default -> throw new IllegalArgumentException(field.toString());
      }
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    new DataOutputStream(whole).writeInt(bytes.size());
    bytes.writeTo(whole);
    return whole.toByteArray();
  }
}
