package dev.sallyport.gateway.relay;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.forward.Descriptors;
import dev.sallyport.forward.Dialer;
import dev.sallyport.forward.Forward;
import dev.sallyport.forward.ForwardRecord;
import dev.sallyport.forward.ForwardRequest;
import dev.sallyport.gateway.outbound.TargetBanner;
import dev.sallyport.gateway.outbound.TargetConnection;
import dev.sallyport.gateway.outbound.TargetException;
import dev.sallyport.gateway.outbound.TargetLogin;
import dev.sallyport.gateway.prompt.GatewayCommand;
import dev.sallyport.gateway.prompt.GatewayPrompt;
import dev.sallyport.gateway.prompt.Greeting;
import dev.sallyport.gateway.prompt.NetcatCommand;
import dev.sallyport.gateway.prompt.PromptUser;
import dev.sallyport.memory.MemoryHold;
import dev.sallyport.model.Act;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Grant;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import dev.sallyport.transport.KernelThreads;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A session with the bastion itself: the gateway command ({@code ssh -t alice@bastion ssh
 * ec2-user@10.0.2.15}), the gateway prompt, a greeting, or a forward that a command asks for.
 * Nothing runs on the bastion.
 *
 * @param forwards makes a forward of the client's connection
 */
record GatewayWay(
    GatewayParts parts,
    Caller caller,
    Supplier<PromptUser> user,
    Function<ForwardRequest, Forward> forwards)
    implements Way {
  /** The exit status of nologin(8). */
  private static final int EXIT_REFUSED = 1;

  /**
   * Memory of a prompt, in bytes: the history (20 lines of 4,095 characters of two bytes each), and
   * the line being edited three times, as characters, as now shown and as shown before.
   */
  private static final long PROMPT_MEMORY = 384 * 1024;

  private static final String COMMAND = "gateway-command";
  private static final String PROMPT = "gateway-prompt";
  private static final String NO_TERMINAL =
      "a terminal would change the bytes of this connection: leave out -t";
  private static final String NOT_UTF8 =
      "this command is not UTF-8: use ssh -J, which passes it on as it is";

  /**
   * The target, and with it the rule, is not known yet when the client requests the agent. The rule
   * is evaluated later.
   */
  @Override
  public boolean allowsAgent() {
    return caller.forbids(Act.AGENT).isEmpty();
  }

  @Override
  public int largestWindow() {
    return ForwardWindow.LARGEST;
  }

  @Override
  public Optional<Denial> whyNoTerminal() {
    return caller.forbids(Act.TERMINAL);
  }

  @Override
  public void serve(SessionClient session, SessionRequests requests)
      throws IOException, InterruptedException {
    Optional<String> forced = caller.forcedCommand();
    if (forced.isPresent()) {
      serveCommand(session, requests, forced.get());
      return;
    }
    switch (requests.start()) {
      case Start.Exec exec when !exec.isUtf8() ->
          // The target would get another command than the one that was typed.
          refuse(session, requests, "exec", exec.text(), NOT_UTF8);
      case Start.Exec exec -> serveCommand(session, requests, exec.text());
      case Start.Subsystem(String name) ->
          refuse(
              session,
              requests,
              "subsystem",
              name,
              name.equals("sftp")
                  ? "this bastion has no files: use sftp or scp with -J to reach a private server"
                  : "this bastion has no subsystems");
      case Start.Shell() -> {
        session.accept(requests);
        if (requests.pty().isPresent()) {
          session.exit(promptWithMemory(session, requests, requests.pty().get()));
        } else {
          session.print(Greeting.text(user.get()));
          session.exit(0);
        }
      }
    }
  }

  private int promptWithMemory(SessionClient session, SessionRequests requests, Pty pty)
      throws IOException, InterruptedException {
    try (MemoryHold memory = caller.memory().hold()) {
      if (memory.add(PROMPT_MEMORY)) {
        return prompt(session, requests, pty);
      }
    }
    String reason = caller.memory().refusal();
    session.refused("shell", reason);
    session.say(reason);
    return EXIT_REFUSED;
  }

  private int prompt(SessionClient session, SessionRequests requests, Pty pty)
      throws InterruptedException {
    session.channel().wordsGoWithOutput();
    ClientTerminal terminal = new ClientTerminal(session.channel(), pty);
    session.whenStopping(terminal.terminal()::stop);
    FutureTask<Integer> prompt =
        new FutureTask<>(
            new GatewayPrompt(
                    terminal.terminal(),
                    user,
                    command ->
                        launch(
                            session,
                            terminal,
                            requests.at(terminal.pty(pty), terminal.typedAhead()),
                            command))
                ::run);
    // Not a virtual thread: editing a line takes processor time that the client controls, and a
    // virtual thread that computes is not preempted.
    KernelThreads.start(caller.user().name(), "prompt", prompt);
    try {
      return prompt.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the prompt failed", e.getCause());
    }
  }

  private void serveCommand(SessionClient session, SessionRequests requests, String line)
      throws IOException, InterruptedException {
    Optional<Target> asked = NetcatCommand.read(line);
    if (asked.isPresent()) {
      serveForward(session, requests, line, asked.get());
      return;
    }
    switch (GatewayCommand.parse(line, caller.user().name())) {
      case GatewayCommand.Reading.Refused(String sentence) ->
          refuse(session, requests, "exec", line, sentence);
      case GatewayCommand.Reading.Understood(GatewayCommand command) -> {
        try {
          session.exitAs(run(session, requests, command, COMMAND, Relay.ClientAfter.ENDS));
        } catch (SessionFailure e) {
          session.accept(requests);
          session.say(e.sentence());
          session.exit(SessionClient.EXIT_FAILED);
        }
      }
    }
  }

  /**
   * The same as {@code ssh -W}: it is decided, logged and inspected as any other forward of the
   * connection.
   */
  private void serveForward(
      SessionClient session, SessionRequests requests, String line, Target target)
      throws IOException, InterruptedException {
    if (session.isStopping() || requests.hasTerminal()) {
      String reason = session.isStopping() ? Denial.STOPPING.text() : NO_TERMINAL;
      refuse(session, requests, "exec", line, reason);
      return;
    }
    SessionForward client =
        new SessionForward(session.channel(), requests, () -> session.accept(requests));
    Forward forward = forwards.apply(client);
    session.channel().addCloseFutureListener(closed -> forward.clientLeft());
    forward.run(target);
    Optional<String> failed = client.refusal().or(forward::failure);
    if (failed.isPresent()) {
      session.dismiss(failed.get(), EXIT_REFUSED);
    } else {
      session.exit(0);
    }
  }

  /** Runs a session from the prompt, and returns to the prompt afterwards. */
  private OptionalInt launch(
      SessionClient session,
      ClientTerminal terminal,
      SessionRequests requests,
      GatewayCommand command)
      throws InterruptedException {
    try {
      refuseIfNarrowed(session);
      Relay.Ended over = run(session, requests, command, PROMPT, Relay.ClientAfter.STAYS);
      over.resized().ifPresent(terminal::resized);
      if (over.words().isPresent()) {
        session.tell(over.words().get());
        return OptionalInt.empty();
      }
      return OptionalInt.of(over.exitStatus().orElse(SessionClient.EXIT_FAILED));
    } catch (SessionFailure e) {
      session.tell(e.sentence());
      return OptionalInt.empty();
    }
  }

  /** Refuses a command at the prompt when the key has been restricted since the prompt began. */
  private void refuseIfNarrowed(SessionClient session) throws SessionFailure {
    if (caller.forcedCommand().isPresent()) {
      throw refused(session, "your key may run one command only now: log in again");
    }
    Optional<Denial> noTerminal = whyNoTerminal();
    if (noTerminal.isPresent()) {
      throw refused(session, noTerminal.get().text());
    }
  }

  private void refuse(
      SessionClient session, SessionRequests requests, String kind, String detail, String reason)
      throws IOException, InterruptedException {
    session.refused(kind, detail, reason);
    session.accept(requests);
    session.say(reason);
    session.exit(EXIT_REFUSED);
  }

  // ---- decide, dial, log in, run ----

  private Relay.Ended run(
      SessionClient session,
      SessionRequests requests,
      GatewayCommand command,
      String way,
      Relay.ClientAfter after)
      throws SessionFailure, InterruptedException {
    boolean due = session.awaitTurn(TargetSession.EVENTS);
    if (session.isStopping()) {
      throw refused(session, Denial.STOPPING.text());
    }
    if (!due) {
      throw new SessionFailure(Relay.CLIENT_LEFT);
    }
    Target target = new Target(command.host().text(), command.port());
    return switch (caller.decide(Act.SESSION, target)) {
      case Decision.Denied(Denial denial) -> throw denied(target, denial);
      case Decision.Granted(Grant grant) ->
          switch (grant.terms()) {
            case Terms.Metadata() ->
                throw refused(
                    session,
                    target.shown()
                        + " can be reached with ssh -J through this bastion; it opens sessions"
                        + " itself only where a rule records them (rule "
                        + grant.candidates().getFirst().rule()
                        + ")");
            case Terms.Session terms ->
                run(
                    session,
                    requests.with(command, whyNoTerminal().isEmpty()),
                    command,
                    grant,
                    terms,
                    way,
                    after);
          };
    };
  }

  private Relay.Ended run(
      SessionClient session,
      SessionRequests requests,
      GatewayCommand command,
      Grant grant,
      Terms.Session terms,
      String way,
      Relay.ClientAfter after)
      throws SessionFailure, InterruptedException {
    if (!terms.allowsLogin(command.login())) {
      throw refused(
          session,
          "%s on %s is not in logins of rule %s; you may log in as %s"
              .formatted(
                  SafeText.escape(command.login(), 64),
                  grant.target().shown(),
                  grant.candidates().getFirst().rule(),
                  String.join(", ", terms.logins())));
    }
    String user = caller.user().name();
    Optional<String> tooMany = parts.dials().whyNot(user, grant.candidates());
    if (tooMany.isPresent()) {
      throw denied(grant.target(), new Denial(Denial.Reason.LIMIT, tooMany.get()));
    }
    // Each address that is silent holds a socket until one has answered.
    Optional<Descriptors.Lease> taken = parts.descriptors().take(user, grant.candidates().size());
    if (taken.isEmpty()) {
      throw denied(
          grant.target(), new Denial(Denial.Reason.LIMIT, parts.descriptors().refusal(user)));
    }
    try (Descriptors.Lease sockets = taken.get()) {
      Dialer.Dialled dialled = dial(grant);
      sockets.keep(1);
      return run(session, requests, command, grant, dialled, terms, way, after);
    }
  }

  private Relay.Ended run(
      SessionClient session,
      SessionRequests requests,
      GatewayCommand command,
      Grant grant,
      Dialer.Dialled dialled,
      Terms.Session terms,
      String way,
      Relay.ClientAfter after)
      throws SessionFailure, InterruptedException {
    SessionFacts facts =
        new SessionFacts(
            UUID.randomUUID().toString(),
            caller.user().name(),
            grant.target(),
            dialled.candidate().address(),
            command.login(),
            dialled.candidate().rule(),
            way);
    TargetBanner banner = new TargetBanner();
    try (TargetConnection connection =
        parts
            .targets()
            .logIn(
                dialled.socket(),
                () -> dialAgain(session, facts, dialled.candidate(), terms),
                parts.dialling().get().connectTimeout(),
                new TargetLogin(
                    caller.connection(),
                    facts,
                    grant.target().host(),
                    terms,
                    session.agent(requests),
                    banner,
                    caller.memory()))) {
      return new TargetSession(
              parts, caller, Act.SESSION, session.channel(), facts, terms, why -> {})
          .run(
              connection,
              // As with two hops of ssh: the agent is forwarded to the target only if the user asks
              // for it.
              requests.withAgent(command.agent() && terms.inner().contains(Terms.Inner.AGENT)),
              after);
    } catch (TargetException e) {
      session.showFirst(banner);
      session.failed(facts, String.valueOf(e.getMessage()));
      throw new SessionFailure(String.valueOf(e.getMessage()), e);
    } catch (SessionFailure e) {
      session.failed(facts, e.sentence());
      throw e;
    }
  }

  private Dialer.Dialled dial(Grant grant) throws SessionFailure, InterruptedException {
    try {
      return Dialer.dial(grant.candidates(), parts.dialling().get());
    } catch (IOException e) {
      String why = SafeText.messageOf(e, 200);
      record(grant.target()).failed(grant.candidates().getFirst().rule(), why);
      throw new SessionFailure(grant.target().shown() + ": " + why, e);
    }
  }

  /** Dials the same address again, if the rules still allow it and the client has not left. */
  private SocketChannel dialAgain(
      SessionClient session, SessionFacts facts, Grant.Candidate candidate, Terms.Session terms)
      throws TargetException, InterruptedException {
    if (session.isStopping()) {
      throw new TargetException(Denial.STOPPING.text());
    }
    if (session.channel().isClosing()) {
      throw new TargetException(Relay.CLIENT_LEFT);
    }
    Optional<String> denial =
        caller.whyNoMore(
            Act.SESSION,
            facts.target(),
            candidate.address().getAddress(),
            terms,
            Optional.of(facts.login()));
    if (denial.isPresent()) {
      throw new TargetException(denial.get());
    }
    Optional<String> tooMany = parts.dials().whyNot(caller.user().name(), List.of(candidate));
    if (tooMany.isPresent()) {
      throw new TargetException(tooMany.get());
    }
    try {
      return Dialer.dial(List.of(candidate), parts.dialling().get()).socket();
    } catch (IOException e) {
      throw new TargetException(
          facts.target().shown() + ": " + SafeText.escape(String.valueOf(e.getMessage()), 200), e);
    }
  }

  private SessionFailure denied(Target target, Denial denial) {
    record(target).refused(denial);
    return new SessionFailure(denial.text());
  }

  private static SessionFailure refused(SessionClient session, String sentence) {
    session.refused("session", sentence);
    return new SessionFailure(sentence);
  }

  private ForwardRecord record(Target target) {
    return new ForwardRecord(parts.audit(), caller, target);
  }
}
