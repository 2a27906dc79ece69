package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class AuditSpoolTest {
  private static final Spooled READ = byCarol(new Spooled.Read("s-1", "/r/s-1", "play"));

  private static Spooled byCarol(Spooled.Act act) {
    return new Spooled(Samples.AT, Optional.of("carol"), act);
  }

  @TempDir Path state;

  private Path directory() {
    return state.resolve("audit");
  }

  private AuditLog open() throws IOException {
    return AuditLog.open(directory(), "1.0");
  }

  private List<String> spooled() throws IOException {
    try (Stream<Path> files = Files.list(AuditSpool.folder(directory()))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("lock"))
          .toList();
    }
  }

  @Test
  void whatWasToldIsInTheLogAndNamesWhoToldIt() throws Exception {
    try (AuditLog log = open();
        SpoolCollector collector = new SpoolCollector(directory(), log)) {
      assertThat(collector).isNotNull();
      // The collector has the lock a moment after it began.
      Condition.await("it is collected", () -> tell() == AuditSpool.Told.WRITTEN);

      JsonNode event = LogReader.events(directory()).getLast();
      assertThat(event.at("/metadata/event_code").stringValue()).isEqualTo("recording-read");
      assertThat(event.at("/actor/user/name").stringValue())
          .isEqualTo(Files.getOwner(state).getName());
      assertThat(event.at("/unmapped/behalf").stringValue()).isEqualTo("carol");
      assertThat(event.path("time").longValue()).isEqualTo(Samples.AT.toEpochMilli());
      assertThat(spooled()).isEmpty();
    }
  }

  private AuditSpool.Told tell() {
    try {
      return new AuditSpool(directory()).tell(READ);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void withoutAServerItWaitsForTheNext() throws Exception {
    open().close();
    assertThat(tell()).isEqualTo(AuditSpool.Told.WAITING);
    assertThat(LogReader.codes(directory())).isEmpty();
    assertThat(spooled()).hasSize(1);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(AuditSpool.folder(directory()))))
        .isEqualTo("rwx------");

    try (AuditLog log = open();
        SpoolCollector collector = new SpoolCollector(directory(), log)) {
      assertThat(collector).isNotNull();
      Condition.await("it is told", () -> LogReader.codes(directory()).contains("recording-read"));
    }
  }

  @Test
  void whoGetsASecondFactorIsToldToo() throws Exception {
    try (AuditLog log = open();
        SpoolCollector collector = new SpoolCollector(directory(), log)) {
      assertThat(collector).isNotNull();
      Spooled act =
          byCarol(
              new Spooled.SecondFactor(
                  "al\u202eice", "totp", AuditEvent.SecondFactorChanged.Change.REMOVED));
      assertThat(new AuditSpool(directory()).tell(act)).isNotNull();
      Condition.await("it is told", () -> !LogReader.codes(directory()).isEmpty());

      JsonNode event = LogReader.events(directory()).getLast();
      assertThat(event.at("/metadata/event_code").stringValue()).isEqualTo("second-factor-changed");
      assertThat(event.at("/activity_name").stringValue()).isEqualTo("MFA Factor Disable");
      assertThat(event.at("/user/name").stringValue()).isEqualTo("al\u202eice");
      assertThat(event.at("/actor/user/name").stringValue())
          .isEqualTo(Files.getOwner(state).getName());
      assertThat(event.at("/unmapped/behalf").stringValue()).isEqualTo("carol");
    }
  }

  @Test
  void whoHasHostKeysForgottenIsToldTooHoweverManyTheyAre() throws Exception {
    String long255 = "\\".repeat(255);
    List<String> keys = Collections.nCopies(1000, long255);
    Spooled act =
        new Spooled(Samples.AT, Optional.of("carol"), new Spooled.Forgetting("10.0.2.15:22", keys));
    assertThat(act.encode().length).isLessThanOrEqualTo(Spooled.LARGEST);
    open().close();
    assertThat(new AuditSpool(directory()).tell(act)).isEqualTo(AuditSpool.Told.WAITING);
    try (AuditLog log = open();
        SpoolCollector collector = new SpoolCollector(directory(), log)) {
      assertThat(collector).isNotNull();
      Condition.await("it is told", () -> !LogReader.codes(directory()).isEmpty());

      JsonNode event = LogReader.events(directory()).getLast();
      assertThat(event.at("/metadata/event_code").stringValue()).isEqualTo("target-keys-forgotten");
      assertThat(event.at("/actor/user/name").stringValue())
          .isEqualTo(Files.getOwner(state).getName());
      assertThat(event.at("/unmapped/behalf").stringValue()).isEqualTo("carol");
      assertThat(event.at("/unmapped/target").stringValue()).isEqualTo("10.0.2.15:22");
      assertThat(event.at("/unmapped/keys/0").stringValue()).isEqualTo(long255);
    }
  }

  @Test
  void aServerThatDoesNotWriteItPreventsItAndItIsNotToldLater() throws Exception {
    open().close();
    AuditSpool.make(directory());
    try (FileChannel channel =
            FileChannel.open(
                AuditSpool.lock(AuditSpool.folder(directory())),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      assertThat(held.isValid()).isTrue();
      assertThatThrownBy(() -> new AuditSpool(directory(), Duration.ofMillis(100)).tell(READ))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("so nothing was done");
    }
    assertThat(spooled()).isEmpty();
  }

  @Test
  void withoutAnAuditLogNothingIsTold() {
    assertThatThrownBy(() -> new AuditSpool(directory()).tell(READ))
        .isInstanceOf(IOException.class);
  }

  /** The folder is the server's user's, and the operator's commands run as root. */
  @Test
  void aLinkInTheFoldersPlaceIsNotFollowed() throws Exception {
    open().close();
    Path elsewhere = Files.createDirectory(state.resolve("elsewhere"));
    Files.createSymbolicLink(AuditSpool.folder(directory()), elsewhere);

    assertThatThrownBy(() -> new AuditSpool(directory()).tell(READ))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a folder");

    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aLinkInTheLocksPlaceIsNotOpenedAndNothingIsToldLater() throws Exception {
    open().close();
    AuditSpool.make(directory());
    Path secret = Files.writeString(state.resolve("secret"), "x");
    Files.createSymbolicLink(AuditSpool.lock(AuditSpool.folder(directory())), secret);

    assertThatThrownBy(() -> new AuditSpool(directory()).tell(READ))
        .isInstanceOf(IOException.class);

    assertThat(spooled()).isEmpty();
  }

  @Test
  void whatIsNoActIsSetAsideAndWhatFollowsIsTold() throws Exception {
    try (AuditLog log = open();
        SpoolCollector collector = new SpoolCollector(directory(), log)) {
      assertThat(collector).isNotNull();
      Path folder = AuditSpool.folder(directory());
      Files.writeString(folder.resolve("0.json"), "{\"act\":\"something\"}");
      Files.createSymbolicLink(folder.resolve("1.json"), Path.of("lock"));
      Files.writeString(folder.resolve("2.json"), "x".repeat(Spooled.LARGEST * 2));
      Path fresh = Files.write(folder.resolve("3.new"), READ.encode());
      Files.move(fresh, folder.resolve("3.json"), StandardCopyOption.ATOMIC_MOVE);
      Condition.await("it is told", () -> LogReader.codes(directory()).contains("recording-read"));
      Condition.await(
          "the others are set aside",
          () -> spooledNow().stream().filter(name -> name.endsWith(".damaged")).count() == 3);
      assertThat(LogReader.codes(directory())).containsExactly("recording-read");
    }
  }

  private List<String> spooledNow() {
    try {
      return spooled();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
