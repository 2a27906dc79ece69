package dev.sallyport.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Condition;
import dev.sallyport.behaviour.AuditReader;
import dev.sallyport.behaviour.Quiet;
import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.gateway.relay.Message.Stream;
import dev.sallyport.memory.MemoryHold;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.memory.TestShares;
import dev.sallyport.model.Terms;
import dev.sallyport.recording.Asked;
import dev.sallyport.recording.Exec;
import dev.sallyport.recording.Recording;
import dev.sallyport.recording.Recordings;
import dev.sallyport.recording.Samples;
import dev.sallyport.recording.files.FileEvent;
import dev.sallyport.recording.files.FileObserver;
import dev.sallyport.recording.files.ScpCommand;
import dev.sallyport.recording.files.ScpObserver;
import dev.sallyport.recording.files.SftpObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** The relay between a user and an instance, each a connection of SSH away; the test is both. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RelayTest {
  private static final long BUDGET = 64L * 1024 * 1024;

  /** No packet of sftp is so long. */
  private static final byte[] NO_SFTP = {-1, -1, -1, -1, 1, 2, 3, 4};

  @TempDir Path directory;
  private final MemoryShare memory = TestShares.of(BUDGET);
  private AuditLog audit;
  private Recordings recordings;
  private Line usersLine;
  private Line instancesLine;

  /** The peers; the relay has the other ends. */
  private RelayEnd user;

  private RelayEnd instance;
  private volatile Optional<String> targetLost = Optional.empty();

  @BeforeEach
  void connect() throws Exception {
    audit = AuditLog.open(directory.resolve("audit"), "test");
    recordings = Recordings.open(directory.resolve("recordings"), Samples.STRICT, audit, "test");
    MemoryShare peers = TestShares.of(BUDGET);
    usersLine = new Line(peers, memory);
    instancesLine = new Line(memory, peers);
    user = usersLine.opener;
    instance = instancesLine.opened;
  }

  @AfterEach
  void disconnect() throws IOException {
    usersLine.close();
    instancesLine.close();
    recordings.close();
    audit.close();
  }

  // ---- the relay ----

  private Exec exec() throws Exception {
    return recordings
        .start(Samples.CONNECTION, Samples.session(), Instant.now())
        .exec(Asked.of("command"));
  }

  private SessionTap command() throws Exception {
    return new SessionTap.Command(exec(), Terms.Input.NONE);
  }

  private Relay relay(SessionTap tap) {
    return new Relay(
        usersLine.opened,
        instancesLine.opener,
        tap,
        new FileEvents(audit, Samples.CONNECTION, Samples.session()),
        Relay.ClientAfter.ENDS,
        new SessionRequests(
            Optional.empty(),
            List.of(),
            false,
            List.of(),
            false,
            new byte[0],
            new Start.Shell(),
            false),
        new Parting(usersLine.opened, instancesLine.opener, why -> {}),
        () -> targetLost);
  }

  private static FutureTask<Relay.Ended> join(Relay relay) {
    FutureTask<Relay.Ended> joined = new FutureTask<>(relay::join);
    Thread.ofVirtual().start(joined);
    return joined;
  }

  private FutureTask<Relay.Ended> join() throws Exception {
    return join(relay(command()));
  }

  private static Relay.Ended ended(FutureTask<Relay.Ended> joined) throws Exception {
    return joined.get(60, TimeUnit.SECONDS);
  }

  // ---- requests ----

  private static byte[] arguments(Consumer<Buffer> parts) {
    Buffer buffer = new ByteArrayBuffer();
    parts.accept(buffer);
    return buffer.getCompactData();
  }

  /** What a client may ask of a running session (RFC 4254, sections 6.7 and 6.9; RFC 4335). */
  @SuppressWarnings("ImmutableEnumChecker") // nobody writes to the arguments
  enum FromClient {
    WINDOW_CHANGE(
        "window-change",
        arguments(to -> {
          to.putUInt(132);
          to.putUInt(43);
          to.putUInt(1056);
          to.putUInt(602);
        })),
    SIGNAL("signal", arguments(to -> to.putString("INT"))),
    BREAK("break", arguments(to -> to.putUInt(500))),
    END_OF_WRITE("eow@openssh.com", new byte[0]);

    private final String type;
    private final byte[] arguments;

    FromClient(String type, byte[] arguments) {
      this.type = type;
      this.arguments = arguments;
    }
  }

  private void assertNext(RelayEnd end, String type, byte[] arguments) throws Exception {
    assertThat(end.take(Taker.RELAY))
        .isInstanceOfSatisfying(
            Message.Request.class,
            request -> {
              assertThat(request.type()).isEqualTo(type);
              assertThat(request.wantReply()).isFalse();
              assertThat(request.arguments()).isEqualTo(arguments);
            });
  }

  @ParameterizedTest
  @EnumSource
  void passesOnWhatAClientMayAskOfARunningSession(FromClient one) throws Exception {
    var _ = join();

    user.sendRequest(one.type, true, one.arguments);

    assertThat(user.take(Taker.RELAY)).isEqualTo(new Message.Reply(true));
    assertNext(instance, one.type, one.arguments);
  }

  @Test
  void refusesWhatNoClientMayAskAndPassesNothingOfItOn() throws Exception {
    var _ = join();

    user.sendRequest("exec", true, arguments(to -> to.putString("id")));
    user.sendRequest("pty-req", true, Pty.dumb().request());
    user.sendRequest("signal", true, arguments(to -> to.putString("no signal")));
    user.sendRequest("break", false, FromClient.BREAK.arguments);

    for (int i = 0; i < 3; i++) {
      assertThat(user.take(Taker.RELAY)).isEqualTo(new Message.Reply(false));
    }
    assertNext(instance, "break", FromClient.BREAK.arguments);
  }

  /** RFC 4254, section 6.8, and OpenSSH's PROTOCOL, section 2.1. */
  @SuppressWarnings("ImmutableEnumChecker") // nobody writes to the arguments
  enum FromTarget {
    FLOW_CONTROL("xon-xoff", arguments(to -> to.putBoolean(true))),
    END_OF_WRITE("eow@openssh.com", new byte[0]);

    private final String type;
    private final byte[] arguments;

    FromTarget(String type, byte[] arguments) {
      this.type = type;
      this.arguments = arguments;
    }
  }

  @ParameterizedTest
  @EnumSource
  void passesOnWhatATargetMaySayOfARunningSession(FromTarget one) throws Exception {
    var _ = join();

    instance.sendRequest(one.type, false, one.arguments);
    instance.sendEndOfData();

    assertNext(user, one.type, one.arguments);
  }

  @Test
  void tellsHowTheTargetEnded() throws Exception {
    FutureTask<Relay.Ended> joined = join();

    instance.sendRequest("exit-status", false, arguments(to -> to.putUInt(7)));
    instance.close(false);

    assertThat(ended(joined).exitStatus()).contains(7);
    assertThat(ended(joined).reason()).isEqualTo("the target ended it");
  }

  @Test
  void tellsWhichSignalEndedTheTarget() throws Exception {
    byte[] arguments =
        arguments(to -> {
          to.putString("TERM");
          to.putBoolean(true);
          to.putString("terminated");
          to.putString("");
        });
    FutureTask<Relay.Ended> joined = join();

    instance.sendRequest("exit-signal", false, arguments);
    instance.close(false);

    assertThat(ended(joined).exitSignal()).contains("TERM");
    assertThat(ended(joined).signalRequest()).isEqualTo(arguments);
  }

  @Test
  void aTargetThatBreaksTheProtocolIsNotTakenForAClientThatLeft() throws Exception {
    FutureTask<Relay.Ended> joined = join();

    instance.sendRequest("exit-status", false, new byte[1]);

    assertThat(ended(joined).reason()).isEqualTo("a malformed exit-status from the target");
  }

  @Test
  void aClientThatBreaksTheProtocolIsNotTakenForATargetThatLeft() throws Exception {
    FutureTask<Relay.Ended> joined = join();

    user.sendRequest("window-change", false, new byte[1]);

    assertThat(ended(joined).reason()).isEqualTo("a malformed window-change");
  }

  /** Nothing has a name of more characters (RFC 4250, section 4.6.1). */
  @ParameterizedTest
  @CsvSource({"65, 0", "1, 262144"})
  void endsAConnectionThatSendsARequestNobodyCanMean(int name, int arguments) throws Exception {
    user.sendRequest("x".repeat(64), false, new byte[0]);
    user.sendRequest("x".repeat(name), false, new byte[arguments]);

    assertThat(usersLine.opened.take(Taker.RELAY)).isInstanceOf(Message.Request.class);
    assertThat(usersLine.opened.take(Taker.RELAY)).isInstanceOf(Message.Closed.class);
  }

  // ---- what is recorded of requests ----

  private List<JsonNode> logged() {
    return new AuditReader(directory.resolve("audit"))
        .events("session-requested").stream().map(AuditReader.Event::json).toList();
  }

  @Test
  void whatAClientAsksForIsInTheAuditLogAsItWasSent() throws Exception {
    var _ = join();
    List<byte[]> names =
        List.of(
            "INT".getBytes(StandardCharsets.US_ASCII),
            "no\u0007".getBytes(StandardCharsets.US_ASCII),
            new byte[] {'n', (byte) 0xe9},
            new byte[] {'n', (byte) 0xe8});

    for (byte[] name : names) {
      user.sendRequest("signal", true, arguments(to -> to.putBytes(name)));
      assertThat(user.take(Taker.RELAY)).isInstanceOf(Message.Reply.class);
    }
    user.sendRequest("break", true, FromClient.BREAK.arguments);
    user.sendRequest("window-change", true, FromClient.WINDOW_CHANGE.arguments);
    assertThat(user.take(Taker.RELAY)).isEqualTo(new Message.Reply(true));
    assertThat(user.take(Taker.RELAY)).isEqualTo(new Message.Reply(true));

    Condition.await("all are in the log", () -> logged().size() == 6);
    assertThat(logged())
        .extracting(event ->
            "%s %s %d"
                .formatted(
                    event.at("/unmapped/request").asString(""),
                    event.at("/unmapped/detail").asString(""),
                    event.path("status_id").asInt()))
        .containsExactly(
            "signal INT 1",
            "signal no\\u0007 2",
            "signal n\\u00e9 2",
            "signal n\\u00e8 2",
            "break 500 ms 1",
            "window-change 132x43, 1056x602 pixels 1");
  }

  @Test
  void aTerminalsRecordHasSignalsAndSizesAsTheyWereSent() throws Exception {
    Recording recording = recordings.start(Samples.CONNECTION, Samples.session(), Instant.now());
    Pty pty = Pty.dumb().resizedTo(new Pty.Size(80, 24, 640, 480));
    SessionTap screen =
        SessionTap.of(
            recording,
            new SessionRequests(
                Optional.of(pty),
                List.of(),
                false,
                List.of(),
                false,
                new byte[0],
                new Start.Shell(),
                false),
            Terms.Input.NONE,
            new FileEvents(audit, Samples.CONNECTION, Samples.session()),
            memory);

    screen.resized(new Pty.Size(0xffff_ffffL, 24, 0, 0));
    screen.asked("signal INT");

    try (var files = Files.walk(directory.resolve("recordings"))) {
      Path cast = files.filter(file -> file.endsWith("session.cast")).findFirst().orElseThrow();
      assertThat(cast)
          .content()
          .contains("\"m\", \"window 80x24, 640x480 pixels\"")
          .contains("\"r\", \"2000x24\"")
          .contains("\"m\", \"window 4294967295x24, 0x0 pixels\"")
          .contains("\"m\", \"signal INT\"");
    }
  }

  // ---- the end of data ----

  /** A client that has no more to send leaves there, and would not hear the status. */
  @Test
  void theEndOfDataIsLeftToWhoeverEndsTheChannel() throws Exception {
    FutureTask<Relay.Ended> joined = join();

    instance.sendEndOfData();
    instance.sendRequest("exit-status", false, new byte[4]);
    instance.close(false);
    assertThat(ended(joined).exitStatus()).contains(0);
    usersLine.opened.sendRequest("exit-status", false, new byte[4]);
    usersLine.opened.sendEndOfData();

    assertThat(user.take(Taker.RELAY)).isInstanceOf(Message.Request.class);
    assertThat(user.take(Taker.RELAY)).isInstanceOf(Message.Eof.class);
  }

  @Test
  void theEndOfDataOfATargetThatGoesOnPasses() throws Exception {
    var _ = join();

    instance.sendEndOfData();

    assertThat(user.take(Taker.RELAY)).isInstanceOf(Message.Eof.class);
    assertThat(instancesLine.opener.isClosing()).isFalse();
  }

  /** As dropbear does: it knows nothing of the client's word, and would send for ever. */
  @Test
  void aTargetThatGoesOnSendingWhatNobodyReadsIsEnded() throws Exception {
    FutureTask<Relay.Ended> joined = join();
    AtomicLong sent = send(instance, 1_000_000);
    assertThat(user.take(Taker.RELAY)).isInstanceOf(Message.Data.class);

    user.sendRequest("eow@openssh.com", false, new byte[0]);

    assertThat(ended(joined).bytesFromTarget()).isLessThan(sent.get());
    assertThat(ended(joined).words()).isEmpty();
  }

  // ---- back-pressure ----

  /** Sends so much, and counts what it got rid of. */
  private static AtomicLong send(RelayEnd end, int megabytes) {
    AtomicLong sent = new AtomicLong();
    Thread.ofVirtual()
        .start(() -> {
          byte[] some = new byte[8 * 1024];
          try {
            for (int i = 0; i < megabytes * 128; i++) {
              end.sendData(Stream.DATA, some, 0, some.length);
              sent.addAndGet(some.length);
            }
            end.sendEndOfData();
          } catch (IOException | InterruptedException over) {
            // The end of the test.
          }
        });
    return sent;
  }

  private static long read(RelayEnd end) throws Exception {
    long count = 0;
    for (Message message = end.take(Taker.RELAY);
        message instanceof Message.Data data;
        message = end.take(Taker.RELAY)) {
      count += data.count();
      end.taken(data);
    }
    return count;
  }

  /** From one peer to the other, who does not read at first. */
  private void assertHeldUp(RelayEnd from, RelayEnd to) throws Exception {
    AtomicLong sent = send(from, 8);

    // The window of who does not read, what the relay has in its hands, and the relay's own window.
    assertThat(Quiet.await("the sending", sent::get))
        .isGreaterThanOrEqualTo(ForwardWindow.FIRST)
        .isLessThanOrEqualTo(
            ForwardWindow.FIRST + ForwardWindow.PACKET + (long) ForwardWindow.LARGEST);
    long mostReserved = 2L * ForwardWindow.LARGEST + 1024 * 1024;
    assertThat(memory.reserve(BUDGET - mostReserved)).as("the rest is free").isTrue();
    memory.release(BUDGET - mostReserved);
    assertThat(read(to)).isEqualTo(8L * 1024 * 1024);
  }

  @Test
  void aUserWhoDoesNotReadHoldsUpTheInstance() throws Exception {
    var _ = join();

    assertHeldUp(instance, user);
  }

  @Test
  void anInstanceThatDoesNotReadHoldsUpTheUser() throws Exception {
    var _ = join();

    assertHeldUp(user, instance);
  }

  // ---- ends ----

  @Test
  void tellsThatTheTargetIsGone() throws Exception {
    FutureTask<Relay.Ended> joined = join();

    targetLost = Optional.of("the connection to it has ended");
    instance.close(false);

    assertThat(ended(joined).reason()).isEqualTo("the connection to it has ended");
    assertThat(ended(joined).words()).contains("the connection to it has ended");
  }

  @Test
  void aTargetThatLeavesAfterItsExitStatusHasSaidAllThereIsToSay() throws Exception {
    FutureTask<Relay.Ended> joined = join();

    instance.sendRequest("exit-status", false, new byte[4]);
    targetLost = Optional.of("the connection to it has ended");
    instance.close(false);

    assertThat(ended(joined).reason()).isEqualTo("the target ended it");
    assertThat(ended(joined).words()).isEmpty();
  }

  /** As after a reset: what is written fails already, and nobody has closed the channels yet. */
  private static void breakUntil(CountDownLatch noticed, Session session) {
    session.addSessionListener(
        new SessionListener() {
          @Override
          public void sessionClosed(Session unused) {
            try {
              noticed.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        });
    Thread.ofVirtual().start(() -> session.getIoSession().close(true));
    Condition.await("the connection is broken", session.getIoSession()::isClosing);
  }

  @Test
  void deliversWhatATargetSentBeforeItsConnectionBroke() throws Exception {
    instance.sendData(Stream.DATA, new byte[ForwardWindow.FIRST], 0, ForwardWindow.FIRST);
    instance.sendRequest("keepalive@openssh.com", true, new byte[0]);
    instance.sendReply(true);
    assertThat(instancesLine.opener.takeReply()).isPresent();
    CountDownLatch noticed = new CountDownLatch(1);
    breakUntil(noticed, instancesLine.session());
    targetLost = Optional.of("the connection to it has ended");

    FutureTask<Relay.Ended> joined = join();

    int delivered = 0;
    while (delivered < ForwardWindow.FIRST) {
      delivered += ((Message.Data) user.take(Taker.RELAY)).count();
    }
    noticed.countDown();
    assertThat(ended(joined).reason()).isEqualTo("the connection to it has ended");
    assertThat(ended(joined).words()).contains("the connection to it has ended");
  }

  @Test
  void endsAtOnceThoughTheUserDoesNotReadAndDeliversNothingMore() throws Exception {
    Relay relay = relay(command());
    FutureTask<Relay.Ended> joined = join(relay);
    Quiet.await("the sending", send(instance, 8)::get);

    relay.end("no more");

    assertThat(ended(joined).reason()).isEqualTo("no more");
    assertThat(ended(joined).words()).contains("no more; the session has ended");
    usersLine.opened.sendEndOfData();
    assertThat(read(user)).isEqualTo(ForwardWindow.FIRST);
  }

  @Test
  void nothingIsSaidToWhoDoesNotReadOnceTheSessionHasToEnd() throws Exception {
    RelayEnd client = usersLine.opened;
    Parting parting = new Parting(client, instancesLine.opener, why -> {});
    client.sendData(Stream.DATA, new byte[ForwardWindow.FIRST], 0, ForwardWindow.FIRST);
    FutureTask<Void> said =
        new FutureTask<>(() -> {
          client.say("more than there is room for", parting::hasBegun);
          return null;
        });
    Thread.ofVirtual().start(said);

    parting.begin();

    assertThatThrownBy(() -> said.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
    parting.over();
  }

  /** What is not understood as files is told to somebody who fails. */
  private SessionTap failing() throws Exception {
    Consumer<FileEvent> fault =
        event -> {
          throw new IllegalStateException("the fault of this test");
        };
    return files("sftp", (_, hold) -> new SftpObserver(fault, hold));
  }

  private SessionTap files(
      String protocol, BiFunction<Consumer<FileEvent>, MemoryHold, FileObserver> observer)
      throws Exception {
    return new SessionTap.Files(
        exec(),
        Terms.Input.NONE,
        protocol,
        observer,
        new FileEvents(audit, Samples.CONNECTION, Samples.session()),
        TestShares.of(BUDGET).hold());
  }

  /** As on a target without scp: its sender has begun, and is held back until it is answered. */
  @Test
  void whatIsHeldBackWhenTheTargetLeavesIsNotTakenForWhatNobodyUnderstands() throws Exception {
    ScpCommand command = new ScpCommand(FileEvent.Direction.PUT, "/d", false);
    FutureTask<Relay.Ended> joined =
        join(relay(files("scp", (events, hold) -> new ScpObserver(command, events, hold))));
    byte[] early = "C0644 5 a\n".getBytes(StandardCharsets.US_ASCII);

    user.sendData(Stream.DATA, early, 0, early.length);
    instance.sendRequest("exit-status", false, new byte[] {0, 0, 0, 127});
    instance.close(false);

    assertThat(ended(joined).exitStatus()).contains(127);
    assertThat(ended(joined).words()).isEmpty();
  }

  @Test
  void aFaultOfOursIsNotTakenForAnEndOfTheTargets() throws Exception {
    FutureTask<Relay.Ended> joined = join(relay(failing()));

    user.sendData(Stream.DATA, NO_SFTP, 0, NO_SFTP.length);

    assertThat(ended(joined).reason()).isEqualTo("the bastion failed, as its own log says");
    assertThat(ended(joined).words()).isPresent();
  }

  @Test
  void aFaultOfOursInTheOtherDirectionIsNoneOfTheClients() throws Exception {
    FutureTask<Relay.Ended> joined = join(relay(failing()));

    instance.sendData(Stream.DATA, NO_SFTP, 0, NO_SFTP.length);

    assertThat(ended(joined).reason()).isEqualTo("the bastion failed, as its own log says");
  }

  @Test
  void deliversNothingThatWaitsHereWhenItIsEnded() throws Exception {
    Relay relay = relay(command());
    instance.sendData(Stream.DATA, new byte[1000], 0, 1000);
    instance.sendReply(true);
    assertThat(instancesLine.opener.takeReply()).contains(new Message.Reply(true));

    relay.end("no more");

    assertThat(ended(join(relay)).reason()).isEqualTo("no more");
    usersLine.opened.sendEndOfData();
    assertThat(read(user)).isZero();
  }

  @Test
  void aConnectionThatHasEndedOpensNothingAndSaysSo() throws Exception {
    assertThat(usersLine.session().close(true).await(Duration.ofSeconds(30))).isTrue();

    assertThatThrownBy(() ->
            new RelayEnd(true, memory, ForwardWindow.LARGEST, nothing -> {}, () -> {})
                .openOn(usersLine.session(), "session", packet -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage("the connection has ended");
  }
}
