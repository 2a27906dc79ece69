package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What stock programs carry through a recorded session arrives whole, and the log names each file.
 */
@Laboratory
class RecordedFilesIT {
  private static final Duration LONG = Duration.ofMinutes(4);

  private final Machine client;
  private final Machine web;
  private final Bastion bastion;
  private final String sha256;

  RecordedFilesIT(Vpc vpc) {
    client = vpc.client();
    web = vpc.web();
    bastion = vpc.bastion();
    client.run("test -f recorded || head -c 3000000 /dev/urandom >recorded").succeeds();
    sha256 = client.run("sha256sum <recorded | cut -d' ' -f1").succeeds().text();
  }

  @ParameterizedTest
  @ValueSource(strings = {"scp", "scp -O"})
  void scpIsToldFileByFile(String scp) {
    long mark = bastion.mark();
    client
        .run(
            "%s -q -J rita@bastion recorded recorded-web:copied && %1$s -q -J rita@bastion recorded-web:copied back && cmp recorded back"
                .formatted(scp))
        .succeeds();
    AuditLog.Event put = transferred(mark, "Put", "copied");
    AuditLog.Event get = transferred(mark, "Get", "copied");
    for (AuditLog.Event event : List.of(put, get)) {
      assertThat(event.user()).isEqualTo("rita");
      assertThat(event.rule()).isEqualTo("recorded-key");
      assertThat(event.at("/file/hashes/0/value")).isEqualTo(sha256);
    }
    assertThat(put.bytesToTarget()).isEqualTo(3_000_000);
    assertThat(get.bytesFromTarget()).isEqualTo(3_000_000);
  }

  @Test
  void scpOfAFolderIsToldFileByFile() {
    client.run("mkdir -p tree/leaf && echo one >tree/a && echo two >tree/leaf/b").succeeds();
    for (String scp : List.of("scp", "scp -O")) {
      long mark = bastion.mark();
      client.run(scp + " -qr -J rita@bastion tree recorded-web:").succeeds();
      transferred(mark, "Put", "tree/a");
      transferred(mark, "Put", "tree/leaf/b");
    }
  }

  @Test
  void everythingThatSftpDoesIsTold() {
    long mark = bastion.mark();
    Result batch =
        client.run(
            """
            head -c 1000000 recorded >part
            printf '%s\\n' 'put recorded there' 'get there all' 'reget there part' 'rename there moved' \\
              'chmod 600 moved' 'mkdir folder' 'rmdir folder' 'ln -s moved link' 'rm link' 'rm moved' |
              sftp -q -b - -J rita@bastion recorded-web && cmp recorded all && cmp recorded part
            """);
    batch.succeeds();
    assertThat(transferred(mark, "Put", "there").at("/file/hashes/0/value")).isEqualTo(sha256);
    AuditLog log = bastion.auditLog().after(mark);
    assertThat(log.of("file-transferred").filter(event -> event.at("/activity_name").equals("Get")))
        .anySatisfy(event -> {
          assertThat(event.at("/file/hashes/0/value")).isEqualTo(sha256);
          assertThat(event.json().at("/unmapped/offset").asLong()).isZero();
        })
        .anySatisfy(event -> {
          assertThat(event.json().at("/unmapped/offset").asLong()).isEqualTo(1_000_000);
          assertThat(event.bytesFromTarget()).isEqualTo(2_000_000);
          assertThat(event.at("/file/hashes/0/value"))
              .isEqualTo(client.run("tail -c 2000000 recorded | sha256sum | cut -d' ' -f1").text());
        });
    changed(mark, "Rename", "there");
    assertThat(changed(mark, "Rename", "there").at("/unmapped/new_path")).endsWith("moved");
    changed(mark, "Set Attributes", "moved");
    changed(mark, "Make Directory", "folder");
    changed(mark, "Delete", "folder");
    assertThat(changed(mark, "Link", "link").at("/unmapped/new_path")).isEqualTo("moved");
    changed(mark, "Delete", "link");
    changed(mark, "Delete", "moved");
  }

  @Test
  void whatTheTargetRefusesIsToldAsRefused() {
    long mark = bastion.mark();
    client.run("echo 'put recorded /root/no' | sftp -q -b - -J rita@bastion recorded-web").fails();
    client.run("echo 'rm /etc/passwd' | sftp -q -b - -J rita@bastion recorded-web").fails();
    AuditLog.Event removed = changed(mark, "Delete", "/etc/passwd");
    assertThat(removed.at("/status_id")).isEqualTo("2");
    assertThat(removed.reason()).isNotBlank();
  }

  @Test
  void rsyncWorksAndIsRecordedAsACommand() {
    long mark = bastion.mark();
    client
        .run(
            "rsync -e 'ssh -J rita@bastion' recorded recorded-web:synced"
                + " && rsync -e 'ssh -J rita@bastion' recorded-web:synced back && cmp recorded back")
        .succeeds();
    AuditLog.Event closed =
        bastion.awaits(mark, "session-closed", event -> event.command().startsWith("rsync"));
    assertThat(closed.at("/unmapped/exit_status")).isEqualTo("0");
    assertThat(closed.bytesToTarget()).isGreaterThan(3_000_000);
  }

  @Test
  void gitClonesAndPushes() {
    web.run(
            """
            su - ec2-user -c 'git init -q -b main --bare repository.git && git clone -q repository.git work 2>/dev/null &&
              cd work && echo one >file && git add file && git -c user.name=x -c user.email=x@y commit -qm one && git push -q origin HEAD:main'
            """)
        .succeeds();
    long mark = bastion.mark();
    client
        .run(
            """
            export GIT_SSH_COMMAND='ssh -J rita@bastion'
            rm -rf clone && git clone -q recorded-web:repository.git clone && cd clone && grep -q one file &&
              echo two >>file && git -c user.name=x -c user.email=x@y commit -qam two && git push -q origin main
            """)
        .succeeds();
    assertThat(
            web.run("su - ec2-user -c 'git -C repository.git log --format=%s'").succeeds().text())
        .isEqualTo("two\none");
    bastion.awaits(mark, "session-closed", event -> event.command().startsWith("git-upload-pack"));
    bastion.awaits(mark, "session-closed", event -> event.command().startsWith("git-receive-pack"));
  }

  @Test
  void ansiblePings() {
    long mark = bastion.mark();
    Result pong =
        client.run(
            "ANSIBLE_SSH_ARGS='-J rita@bastion -o ControlMaster=auto -o ControlPersist=5s'"
                + " ansible -i recorded-web, all -m ping");
    assertThat(pong.succeeds().out()).contains("\"ping\": \"pong\"");
    assertThat(bastion.auditLog().after(mark).of("session-opened")).hasSizeGreaterThan(1);
  }

  @Test
  void theHashOfOneGibibyteIsTheFilesOwn() {
    long mark = bastion.mark();
    String expected =
        client
            .run(
                LONG,
                """
                openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 </dev/zero 2>/dev/null | head -c 1073741824 >huge
                scp -q -J rita@bastion huge recorded-web:huge && sha256sum <huge | cut -d' ' -f1
                status=$?
                rm huge
                exit $status
                """)
            .succeeds()
            .text();
    AuditLog.Event put = transferred(mark, "Put", "huge");
    assertThat(put.bytesToTarget()).isEqualTo(1L << 30);
    assertThat(put.at("/file/hashes/0/value")).isEqualTo(expected).hasSize(64);
    assertThat(
            web.run("sha256sum </home/ec2-user/huge | cut -d' ' -f1; rm /home/ec2-user/huge")
                .succeeds()
                .text())
        .isEqualTo(expected);
  }

  private AuditLog.Event transferred(long mark, String activity, String path) {
    return told(mark, "file-transferred", activity, path);
  }

  private AuditLog.Event changed(long mark, String activity, String path) {
    return told(mark, "file-changed", activity, path);
  }

  /** What stands in brackets is what scp -O leaves open: it may have been a folder. */
  private AuditLog.Event told(long mark, String code, String activity, String path) {
    return bastion.awaits(
        mark,
        code,
        event ->
            event.at("/activity_name").equals(activity)
                && event.at("/file/path").matches("(.*/)?" + path + "(\\[/.*])?"));
  }
}
