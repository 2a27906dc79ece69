package dev.sallyport.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.access.Caller;
import dev.sallyport.access.TestCaller;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Condition;
import dev.sallyport.audit.EventLimit;
import dev.sallyport.behaviour.AuditReader;
import dev.sallyport.forward.Descriptors;
import dev.sallyport.forward.DialRates;
import dev.sallyport.forward.ForwardSettings;
import dev.sallyport.gateway.outbound.TargetSettings;
import dev.sallyport.gateway.outbound.Targets;
import dev.sallyport.gateway.prompt.PromptUser;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.memory.TestShares;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.recording.Recordings;
import dev.sallyport.recording.Samples;
import dev.sallyport.ssh.PublicKeyWork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session with the bastion itself, of a client that the test is. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GatewaySessionTest {
  private static final long MEMORY = 8L * 1024 * 1024;
  private static final Duration LONG = Duration.ofHours(1);

  /** Events that a user is in debt with; nothing of it comes due while a test runs. */
  private static final int DEBT = 100_000;

  @TempDir Path directory;
  private final MemoryShare memory = TestShares.of(MEMORY);
  private final PublicKeyWork computing = new PublicKeyWork();
  private final AtomicBoolean placeIsFree = new AtomicBoolean();
  private AuditLog audit;
  private Recordings recordings;
  private Gateway gateway;
  private GatewaySession session;

  @BeforeEach
  void open() throws IOException {
    audit = AuditLog.open(directory.resolve("audit"), "test");
    audit.apply(new EventLimit(1, 16));
    recordings = Recordings.open(directory.resolve("recordings"), Samples.STRICT, audit, "test");
    gateway =
        new Gateway(
            new Targets(TargetSettings.DEFAULT, Map.of(), directory, audit, computing),
            recordings,
            audit,
            () -> ForwardSettings.DEFAULT,
            Descriptors.ofProcess(),
            new DialRates());
    gateway.apply(LONG);
    Decision no = new Decision.Denied(new Denial(Denial.Reason.NO_RULE, "no"));
    Caller caller = new TestCaller(Samples.CONNECTION, memory, no, no);
    session =
        gateway
            .sessions()
            .open(
                caller,
                new GatewayWay(
                    gateway.parts(),
                    caller,
                    () -> new PromptUser("alice", Set.of(), List.of(), List.of()),
                    request -> {
                      throw new IllegalStateException("no session here asks for a forward");
                    }),
                () -> placeIsFree.set(true));
  }

  @AfterEach
  void close() {
    gateway.close();
    computing.close();
    recordings.close();
    audit.close();
  }

  private Line line() throws Exception {
    return new Line(TestShares.of(MEMORY), session.channel());
  }

  private List<String> refusals() {
    return new AuditReader(directory.resolve("audit"))
        .events("request-refused").stream().map(AuditReader.Event::detail).toList();
  }

  private static byte[] command(int length) {
    ByteArrayBuffer arguments = new ByteArrayBuffer();
    arguments.putString("x".repeat(length));
    return arguments.getCompactData();
  }

  /** The session waits for its target meanwhile, or for the rate of events. */
  @Test
  void theTimeBeforeAClientIsAnsweredIsNotTakenForIdleness() throws Exception {
    gateway.apply(Duration.ZERO);
    session.endIfUnused();
    gateway.apply(LONG);

    try (Line line = line()) {
      line.opener.sendRequest("shell", true, new byte[0]);

      assertThat(line.opener.take(Taker.RELAY)).isEqualTo(new Message.Reply(true));
    }
  }

  @Test
  void aSessionThatIsClosedUnusedIsRecordedThoughItsUserIsInDebtAndItsPlaceIsFreeWhenItIsPaid()
      throws Exception {
    try (Line line = line()) {
      audit.rate("alice").owe(DEBT);
      gateway.apply(Duration.ZERO);

      Condition.await(
          "it is recorded",
          () -> {
            session.endIfUnused();
            return !refusals().isEmpty();
          });
      assertThat(refusals())
          .containsExactly("nothing was asked of this session within 0 s, so it is closed");
      assertThat(line.opener.close(false).await(LONG)).isTrue();
      assertThat(placeIsFree).isFalse();
    }
    Condition.await("nobody waits for a connection that has ended", placeIsFree::get);
    assertThat(refusals()).hasSize(1);
  }

  @Test
  void aSessionForWhichThereIsNoMemoryIsRecordedThoughItsUserIsInDebt() throws Exception {
    try (Line line = line()) {
      audit.rate("alice").owe(DEBT);
      while (memory.reserve(1024)) {
        // Until the share is used up.
      }
      line.opener.sendRequest("exec", true, command(2000));

      Condition.await("it is recorded", () -> !refusals().isEmpty());
      assertThat(refusals()).singleElement().asString().contains("and your share is 8 MiB");
      assertThat(line.opener.close(false).await(LONG)).isTrue();
      assertThat(placeIsFree).isFalse();
    }
    Condition.await("nobody waits for a connection that has ended", placeIsFree::get);
  }
}
