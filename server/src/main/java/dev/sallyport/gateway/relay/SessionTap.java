package dev.sallyport.gateway.relay;

import dev.sallyport.gateway.relay.Message.Stream;
import dev.sallyport.memory.MemoryHold;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Terms;
import dev.sallyport.recording.Asked;
import dev.sallyport.recording.Exec;
import dev.sallyport.recording.Recording;
import dev.sallyport.recording.RecordingException;
import dev.sallyport.recording.Terminal;
import dev.sallyport.recording.files.FileEvent;
import dev.sallyport.recording.files.FileObserver;
import dev.sallyport.recording.files.ScpCommand;
import dev.sallyport.recording.files.ScpObserver;
import dev.sallyport.recording.files.SftpGreeting;
import dev.sallyport.recording.files.SftpObserver;
import dev.sallyport.recording.input.InputGate;
import dev.sallyport.recording.input.Typed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Observes and records all data of one session, before it is sent on. One thread for each
 * direction.
 */
sealed interface SessionTap
    permits SessionTap.Screen, SessionTap.Command, SessionTap.Files, UnnamedSftp {
  /** Why a session that carries files must have no terminal. */
  String WITH_TERMINAL = "it has a terminal, which changes bytes that pass; ask for none (ssh -T)";

  String SFTP = "sftp";
  String SCP = "scp";

  /** Records data of the client, before it is sent to the target. */
  void toTarget(Message.Data data) throws RecordingException;

  /** Records data of the target, before it is sent to the client. */
  void fromTarget(Message.Data data) throws RecordingException;

  /**
   * Waits until the client's next data can be observed.
   *
   * @return false when it cannot within that time
   */
  default boolean awaitRoom(Duration atMost) throws InterruptedException {
    return true;
  }

  /** The client's window was resized. */
  default void resized(Pty.Size size) throws RecordingException {}

  /** Records another request of the client's that carries no data; escaped. */
  default void asked(String what) throws RecordingException {}

  /** Called once, after all data. */
  void end();

  /**
   * Creates the tap for the kind of session.
   *
   * @param memory the user's share, for data that is kept until it can be parsed
   * @throws RecordingException when the session cannot be recorded and the rule requires it
   */
  static SessionTap of(
      Recording recording,
      SessionRequests requests,
      Terms.Input input,
      FileEvents files,
      MemoryShare memory)
      throws RecordingException {
    Asked asked = requests.asked(input);
    Start start = requests.start();
    if (start instanceof Start.Subsystem(String name)) {
      Exec exec = recording.subsystem(asked);
      return name.equals(SFTP)
          ? sftp(exec, input, files, memory)
          : unnamed(exec, input, files, memory);
    }
    ScpCommand.Reading scp =
        start instanceof Start.Exec(byte[] command)
            ? ScpCommand.read(command)
            : new ScpCommand.Reading.Other();
    if (requests.pty().isPresent()) {
      Pty pty = requests.pty().get();
      Terminal terminal =
          recording.terminal(
              asked, pty.term(), drawn(pty.size().columns()), drawn(pty.size().rows()));
      if (!(scp instanceof ScpCommand.Reading.Other)) {
        files.tell(SCP, new FileEvent.Unparsed(WITH_TERMINAL));
        terminal.notUnderstood(SCP, WITH_TERMINAL);
      }
      Screen screen = new Screen(terminal, input, files);
      screen.recordWhatIsNotDrawn(pty.size());
      return screen;
    }
    Exec exec = recording.exec(asked);
    return switch (scp) {
      case ScpCommand.Reading.Other() -> unnamed(exec, input, files, memory);
      case ScpCommand.Reading.Server(ScpCommand command) ->
          new Files(
              exec,
              input,
              SCP,
              (events, hold) -> new ScpObserver(command, events, hold),
              files,
              observing(memory));
      case ScpCommand.Reading.Unclear(String why) -> {
        files.tell(SCP, new FileEvent.Unparsed(why));
        exec.notUnderstood(SCP, why);
        yield new Command(exec, input);
      }
    };
  }

  private static SessionTap unnamed(
      Exec exec, Terms.Input input, FileEvents files, MemoryShare memory) {
    return new UnnamedSftp(
        exec, new Command(exec, input), () -> sftp(exec, input, files, memory), files);
  }

  /** The memory that an observer needs at least. Without it no files pass. */
  private static MemoryHold observing(MemoryShare memory) throws RecordingException {
    MemoryHold hold = memory.hold();
    if (!hold.add(FileObserver.FIRST_MEMORY)) {
      throw new RecordingException(memory.refusal());
    }
    return hold;
  }

  private static Files sftp(Exec exec, Terms.Input input, FileEvents files, MemoryShare memory)
      throws RecordingException {
    return new Files(exec, input, SFTP, SftpObserver::new, files, observing(memory));
  }

  private static int drawn(long size) {
    return (int) Math.min(size, Integer.MAX_VALUE);
  }

  /** A session with a terminal: a shell or a command. */
  final class Screen implements SessionTap {
    private final Terminal terminal;
    private final Terms.Input input;
    private final FileEvents files;
    private final InputGate gate = new InputGate(this::typed);
    private final SftpGreeting client = SftpGreeting.ofClient();
    private final SftpGreeting target = SftpGreeting.ofServer();
    private volatile Optional<RecordingException> fault = Optional.empty();

    Screen(Terminal terminal, Terms.Input input, FileEvents files) {
      this.terminal = terminal;
      this.input = input;
      this.files = files;
    }

    /**
     * Refuses sftp over a terminal: nobody types its first packet, and a terminal in raw mode would
     * carry it.
     */
    private void refuseSftp(SftpGreeting greeting, Message.Data data) throws RecordingException {
      if (greeting.finding() == SftpGreeting.Finding.UNDECIDED
          && greeting.look(data.bytes(), 0, data.count()) == SftpGreeting.Finding.SFTP) {
        files.tell(SFTP, new FileEvent.Unparsed(WITH_TERMINAL));
        terminal.notUnderstood(SFTP, WITH_TERMINAL);
      }
    }

    private void typed(Typed typed) {
      byte[] text = typed.text().getBytes(StandardCharsets.UTF_8);
      try {
        if (typed instanceof Typed.Hidden(long bytes)) {
          terminal.inputUnkept(bytes);
        }
        terminal.input(text, 0, text.length);
      } catch (RecordingException e) {
        fault = Optional.of(e);
      }
    }

    @Override
    public void toTarget(Message.Data data) throws RecordingException {
      refuseSftp(client, data);
      switch (input) {
        case NONE -> terminal.inputUnkept(data.count());
        case ECHOED -> gate.typed(data.bytes(), 0, data.count());
        case ALL -> terminal.input(data.bytes(), 0, data.count());
      }
      failIfUnrecorded();
    }

    @Override
    public void fromTarget(Message.Data data) throws RecordingException {
      refuseSftp(target, data);
      if (input == Terms.Input.ECHOED) {
        gate.shown(data.bytes(), 0, data.count());
      }
      failIfUnrecorded();
      terminal.output(data.bytes(), 0, data.count());
    }

    private void failIfUnrecorded() throws RecordingException {
      if (fault.isPresent()) {
        throw fault.get();
      }
    }

    @Override
    public void resized(Pty.Size size) throws RecordingException {
      terminal.resize(drawn(size.columns()), drawn(size.rows()));
      recordWhatIsNotDrawn(size);
    }

    /** Records sizes that the cast cannot show: pixels, and numbers larger than any screen. */
    private void recordWhatIsNotDrawn(Pty.Size size) throws RecordingException {
      boolean isDrawn =
          size.columns() <= Terminal.LARGEST_SCREEN
              && size.rows() <= Terminal.LARGEST_SCREEN
              && size.width() == 0
              && size.height() == 0;
      if (!isDrawn) {
        terminal.note("window " + size.shown());
      }
    }

    @Override
    public void asked(String what) throws RecordingException {
      terminal.note(what);
    }

    @Override
    public void end() {
      gate.end();
    }
  }

  /** A command without a terminal. Its input is not echoed. */
  record Command(Exec exec, Terms.Input input) implements SessionTap {
    @Override
    public void toTarget(Message.Data data) throws RecordingException {
      switch (input) {
        case NONE, ECHOED -> exec.inputUnkept(data.bytes(), 0, data.count());
        case ALL -> exec.input(data.bytes(), 0, data.count());
      }
    }

    @Override
    public void fromTarget(Message.Data data) throws RecordingException {
      switch (data.stream()) {
        case DATA -> exec.output(data.bytes(), 0, data.count());
        case ERRORS -> exec.errors(data.bytes(), 0, data.count());
      }
    }

    @Override
    public void end() {}
  }

  /**
   * A transfer of files by sftp or scp. Each file is logged with the hash of its content. At the
   * first byte that cannot be parsed the session ends or, with best-effort recording, the streams
   * are recorded from there on as those of a command.
   */
  final class Files implements SessionTap {
    private final Exec exec;
    private final Command streams;
    private final String name;
    private final FileObserver protocol;

    /** Why the data cannot be parsed any more, if so. */
    private volatile Optional<String> fault = Optional.empty();

    Files(
        Exec exec,
        Terms.Input input,
        String name,
        BiFunction<Consumer<FileEvent>, MemoryHold, FileObserver> protocol,
        FileEvents events,
        MemoryHold memory) {
      this.exec = exec;
      this.streams = new Command(exec, input);
      this.name = name;
      this.protocol =
          protocol.apply(
              event -> {
                if (event instanceof FileEvent.Unparsed(String reason)) {
                  fault = Optional.of(reason);
                }
                events.tell(name, event);
              },
              memory);
      exec.carries(name, this.protocol::unfinished);
    }

    @Override
    public void toTarget(Message.Data data) throws RecordingException {
      exec.passes();
      protocol.toTarget(data.bytes(), 0, data.count());
      if (fault.isPresent()) {
        exec.notUnderstood(name, fault.get());
        streams.toTarget(data);
      } else {
        exec.passed(data.count());
      }
    }

    @Override
    public void fromTarget(Message.Data data) throws RecordingException {
      exec.passes();
      if (data.stream() == Stream.DATA) {
        protocol.fromTarget(data.bytes(), 0, data.count());
      }
      if (fault.isPresent()) {
        exec.notUnderstood(name, fault.get());
      }
      if (fault.isPresent() || data.stream() == Stream.ERRORS) {
        streams.fromTarget(data);
      } else {
        exec.passed(data.count());
      }
    }

    @Override
    public boolean awaitRoom(Duration atMost) throws InterruptedException {
      return protocol.awaitRoom(atMost);
    }

    @Override
    public void end() {
      protocol.end();
    }
  }
}
