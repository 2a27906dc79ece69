package dev.sallyport.gateway.relay;

import dev.sallyport.gateway.prompt.GatewayCommand;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Terms;
import dev.sallyport.recording.Asked;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * The requests of a client before its session starts (RFC 4254, section 6). They are answered here,
 * because there is no target yet, and sent to the target afterwards.
 *
 * @param environment variables for the target, in the client's order
 * @param agent whether the client's agent may be used
 * @param early data that came before the start
 * @param ended whether the client sent the end of data before the start
 * @param typedAhead input that was typed after a command at the prompt
 */
@SuppressWarnings("ArrayRecordComponent") // as Message
record SessionRequests(
    Optional<Pty> pty,
    List<Variable> environment,
    boolean agent,
    List<Message.Data> early,
    boolean ended,
    byte[] typedAhead,
    Start start,
    boolean startWantsReply) {
  /** Most variables of one session. Each is logged, and a client must not fill the log. */
  static final int MOST_VARIABLES = 64;

  /** Most bytes of all their names and values together, for the same reason. */
  static final int MOST_VARIABLE_BYTES = 16 * 1024;

  /**
   * Copies of a command while its session lasts: its bytes and its text, here and in the recording.
   */
  private static final long COPIES = 4;

  /**
   * Waits for the start on the session's own thread.
   *
   * @param agentAllowed whether a request for the agent is granted
   * @param whyNoTerminal why a request for a terminal is not granted, if it is not
   * @param refused called with the type and the reason of each request that is refused in words
   * @return empty when the client closed the channel first
   */
  static Optional<SessionRequests> await(
      RelayEnd client,
      boolean agentAllowed,
      Optional<Denial> whyNoTerminal,
      BiConsumer<String, String> refused)
      throws IOException, InterruptedException {
    Optional<Pty> pty = Optional.empty();
    List<Variable> environment = new ArrayList<>();
    int refusedVariables = 0;
    EarlyData early = new EarlyData();
    boolean ended = false;
    boolean agent = false;
    while (true) {
      switch (client.take(Taker.RELAY)) {
        case Message.Data data -> early.add(data);
        case Message.Eof end -> ended = true;
        case Message.Reply unasked -> {}
        case Message.Closed closed -> {
          return Optional.empty();
        }
        case Message.Request(String type, boolean wantReply, byte[] arguments) -> {
          boolean granted = false;
          switch (type) {
            case "pty-req" -> {
              Pty asked = Pty.parse(arguments);
              if (whyNoTerminal.isPresent()) {
                refused.accept(type, whyNoTerminal.get().text());
              } else if (pty.isEmpty()) {
                granted = true;
                client.keep(COPIES * arguments.length);
                pty = Optional.of(asked.isNamed() ? asked : asked.unnamed());
                if (!asked.isNamed()) {
                  refused.accept(type, Pty.NO_NAME);
                  client.say(Pty.NO_NAME);
                }
              }
            }
            case "window-change" -> {
              if (pty.isPresent()) {
                pty = Optional.of(pty.get().resizedTo(Pty.resized(arguments)));
              }
            }
            case "env" -> {
              Optional<Variable> variable = Variable.read(arguments);
              granted = variable.isPresent() && hasRoom(environment, variable.get());
              if (granted) {
                client.keep(COPIES * arguments.length);
                environment.add(variable.get());
              } else {
                refusedVariables++;
              }
            }
            case "auth-agent-req@openssh.com" -> {
              granted = agentAllowed;
              agent |= agentAllowed;
              if (!agentAllowed) {
                refused.accept(type, "the agent is not forwarded here");
              }
            }
            case "x11-req" -> refused.accept(type, "X11 is not forwarded by this bastion");
            case "shell", "exec", "subsystem" -> {
              client.keep(COPIES * arguments.length);
              if (refusedVariables > 0) {
                refused.accept("env", refusal(refusedVariables));
              }
              return Optional.of(
                  new SessionRequests(
                      pty,
                      environment,
                      agent,
                      early.all(),
                      ended,
                      new byte[0],
                      start(type, arguments),
                      wantReply));
            }
            default -> {}
          }
          if (wantReply) {
            client.sendReply(granted);
          }
        }
      }
    }
  }

  /** The same, without the agent unless it is {@code allowed} on the target. */
  SessionRequests withAgent(boolean allowed) {
    return new SessionRequests(
        pty, environment, agent && allowed, early, ended, typedAhead, start, startWantsReply);
  }

  /**
   * The requests for the session on a target that a gateway command asks for.
   *
   * @param terminalAllowed whether the command may ask for a terminal that the client did not
   */
  SessionRequests with(GatewayCommand command, boolean terminalAllowed) {
    Start start =
        command
            .command()
            .<Start>map(text -> new Start.Exec(text.getBytes(StandardCharsets.UTF_8)))
            .orElseGet(Start.Shell::new);
    return new SessionRequests(
        switch (command.terminal()) {
          case AS_CLIENT -> pty;
          case ALWAYS -> terminalAllowed ? Optional.of(pty.orElseGet(Pty::dumb)) : pty;
          case NEVER -> Optional.empty();
        },
        environment,
        agent,
        early,
        ended,
        typedAhead,
        start,
        startWantsReply);
  }

  /**
   * The same at the prompt: the start has been answered already, and the terminal may have another
   * size.
   */
  SessionRequests at(Pty now, byte[] typed) {
    return new SessionRequests(
        Optional.of(now), environment, agent, List.of(), false, typed, start, false);
  }

  private static Start start(String type, byte[] arguments) throws ProtocolException {
    try {
      Buffer buffer = new ByteArrayBuffer(arguments);
      return switch (type) {
        case "exec" -> new Start.Exec(buffer.getBytes());
        case "subsystem" -> new Start.Subsystem(buffer.getString());
        default -> new Start.Shell();
      };
    } catch (BufferException | IndexOutOfBoundsException malformed) {
      throw new ProtocolException("a malformed request");
    }
  }

  private static boolean hasRoom(List<Variable> environment, Variable another) {
    return environment.size() < MOST_VARIABLES
        && environment.stream().mapToInt(Variable::length).sum() + another.length()
            <= MOST_VARIABLE_BYTES;
  }

  private static String refusal(int count) {
    return ("%d variables do not reach the target: a name has letters, digits and _ only, a value"
            + " has %d bytes at most and no NUL, and a session has %d variables and %d bytes of"
            + " them at most")
        .formatted(count, Variable.LONGEST_VALUE, MOST_VARIABLES, MOST_VARIABLE_BYTES);
  }

  boolean hasTerminal() {
    return pty.isPresent();
  }

  /**
   * What the recording keeps of the requests. The terminal's name counts as a variable, TERM.
   *
   * @param input how much of the client's input the rule records
   */
  Asked asked(Terms.Input input) {
    Stream<Variable> term = pty.stream().map(asked -> new Variable("TERM", asked.term()));
    return new Asked(
        start.shown(),
        start.hex(),
        Stream.concat(term, environment.stream())
            .map(variable -> variable.recorded(input))
            .toList(),
        environment.stream().mapToInt(variable -> variable.unrecorded(input)).sum());
  }
}
