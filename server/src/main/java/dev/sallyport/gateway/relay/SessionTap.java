package dev.sallyport.gateway.relay;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.gateway.relay.Message.Stream;
import dev.sallyport.model.Terms;
import dev.sallyport.recording.Exec;
import dev.sallyport.recording.Recording;
import dev.sallyport.recording.RecordingException;
import dev.sallyport.recording.Terminal;
import dev.sallyport.recording.files.ScpCommand;
import dev.sallyport.recording.files.ScpObserver;
import dev.sallyport.recording.files.SftpObserver;
import dev.sallyport.recording.input.InputGate;
import dev.sallyport.recording.input.Typed;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Sees everything that passes in one session, before it is sent on, and records it. One thread for
 * each direction.
 */
sealed interface SessionTap {
  /** What the client sends is about to reach the target. */
  void toTarget(Message.Data data) throws RecordingException;

  /** What the target sends is about to reach the client. */
  void fromTarget(Message.Data data) throws RecordingException;

  /** The client's window has another size. */
  void resized(int columns, int rows) throws RecordingException;

  /** Nothing follows. */
  void end();

  /**
   * The tap that fits what is started.
   *
   * @throws RecordingException when it cannot be recorded and must be
   */
  static SessionTap of(
      Recording recording,
      SessionRequests requests,
      Terms.Input input,
      AuditLog audit,
      AuditEvent.Connection connection,
      SessionFacts facts)
      throws RecordingException {
    FileEvents files = new FileEvents(audit, connection, facts);
    Start start = requests.start();
    if (start instanceof Start.Subsystem(String name)) {
      Exec exec = recording.subsystem(name);
      return name.equals("sftp")
          ? new Sftp(exec, new SftpObserver(event -> files.tell("sftp", event)))
          : new Command(exec, Optional.empty());
    }
    if (requests.pty().isPresent()) {
      Pty pty = requests.pty().get();
      Terminal terminal = recording.terminal(start.shown(), pty.term(), pty.columns(), pty.rows());
      return new Screen(terminal, input);
    }
    return new Command(
        recording.exec(start.shown()),
        ScpCommand.parse(start.shown())
            .map(scp -> new ScpObserver(scp, event -> files.tell("scp", event))));
  }

  /** A terminal: a shell, or a command with a terminal. */
  final class Screen implements SessionTap {
    private final Terminal terminal;
    private final Terms.Input input;
    private final InputGate gate = new InputGate(this::typed);
    private volatile Optional<RecordingException> fault = Optional.empty();

    Screen(Terminal terminal, Terms.Input input) {
      this.terminal = terminal;
      this.input = input;
    }

    private void typed(Typed typed) {
      byte[] text = typed.text().getBytes(StandardCharsets.UTF_8);
      try {
        terminal.input(text, 0, text.length);
      } catch (RecordingException e) {
        fault = Optional.of(e);
      }
    }

    @Override
    public void toTarget(Message.Data data) throws RecordingException {
      switch (input) {
        case NONE -> {}
        case ECHOED -> gate.typed(data.bytes(), 0, data.count());
        case ALL -> terminal.input(data.bytes(), 0, data.count());
      }
      failIfUnrecorded();
    }

    @Override
    public void fromTarget(Message.Data data) throws RecordingException {
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
    public void resized(int columns, int rows) throws RecordingException {
      terminal.resize(columns, rows);
    }

    @Override
    public void end() {
      gate.end();
    }
  }

  /** A command without a terminal, and what scp does over it. */
  record Command(Exec exec, Optional<ScpObserver> scp) implements SessionTap {
    @Override
    public void toTarget(Message.Data data) throws RecordingException {
      exec.input(data.bytes(), 0, data.count());
      scp.ifPresent(observer -> observer.toTarget(data.bytes(), 0, data.count()));
    }

    @Override
    public void fromTarget(Message.Data data) throws RecordingException {
      if (data.stream() == Stream.ERRORS) {
        exec.errors(data.bytes(), 0, data.count());
      } else {
        exec.output(data.bytes(), 0, data.count());
        scp.ifPresent(observer -> observer.fromTarget(data.bytes(), 0, data.count()));
      }
    }

    @Override
    public void resized(int columns, int rows) {}

    @Override
    public void end() {
      scp.ifPresent(ScpObserver::end);
    }
  }

  /** The subsystem sftp. */
  record Sftp(Exec exec, SftpObserver observer) implements SessionTap {
    @Override
    public void toTarget(Message.Data data) throws RecordingException {
      exec.input(data.bytes(), 0, data.count());
      observer.toTarget(data.bytes(), 0, data.count());
    }

    @Override
    public void fromTarget(Message.Data data) throws RecordingException {
      if (data.stream() == Stream.ERRORS) {
        exec.errors(data.bytes(), 0, data.count());
      } else {
        exec.output(data.bytes(), 0, data.count());
        observer.fromTarget(data.bytes(), 0, data.count());
      }
    }

    @Override
    public void resized(int columns, int rows) {}

    @Override
    public void end() {
      observer.end();
    }
  }
}
