package dev.sallyport.gateway.prompt;

import dev.sallyport.model.SafeText;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * The prompt of {@code ssh alice@bastion}: lines of a few commands, of which {@code ssh} opens a
 * session on a target. It is not a shell; nothing runs on the bastion.
 *
 * <p>A thread of the caller's stays in {@link #run} until the user leaves. The client controls how
 * much it computes, and virtual threads are not preempted, so it should be a platform thread.
 */
public final class GatewayPrompt {
  /** How long a prompt may be idle. An unused prompt holds a connection and memory. */
  public static final Duration IDLE_LIMIT = Duration.ofMinutes(30);

  /** The exit status of ssh(1) for failures other than the remote command's. */
  private static final int EXIT_NO_SESSION = 255;

  /** Longest word of the user's that a message quotes, in characters. */
  private static final int SHOWN = 64;

  private static final String HELP_SSH =
      """
      ssh [-l login] [-p port] [-t|-tt|-T] [-A] [login@]server [command]
              a session on a private server; what follows the server goes
              to its shell as it is
      """;

  private static final String HELP =
      """
      hosts   where the rules and your key let you go
      whoami  who you are
      help    this text
      exit    leaves, as Ctrl-D does
      Arrow keys bring back lines, Tab completes words, Ctrl-C drops a line.
      This is not a shell: nothing runs on the bastion itself.
      """;

  private final PromptTerminal terminal;
  private final Supplier<PromptUser> user;
  private final Launcher launcher;
  private final LineEditor editor;

  /**
   * @param user called at each use, because rules and keys change while a prompt is open
   */
  public GatewayPrompt(PromptTerminal terminal, Supplier<PromptUser> user, Launcher launcher) {
    this(terminal, user, launcher, IDLE_LIMIT);
  }

  GatewayPrompt(
      PromptTerminal terminal, Supplier<PromptUser> user, Launcher launcher, Duration idleLimit) {
    this.terminal = terminal;
    this.user = user;
    this.launcher = launcher;
    this.editor = new LineEditor(terminal, new Completions(user), idleLimit);
  }

  /** What follows a line. */
  private sealed interface Step {
    /** The prompt is shown again. */
    record Ask(int status) implements Step {}

    /** The prompt ends. */
    record Leave() implements Step {}
  }

  /**
   * Reads lines until the user leaves, is idle for too long or has disconnected, or the bastion
   * stops.
   *
   * @return the exit status of the last session, or 0 if there was none; 255 when the user was idle
   *     or disconnected, or the bastion stops
   * @throws InterruptedException when the thread is interrupted
   */
  public int run() throws InterruptedException {
    int status = 0;
    try {
      greet(user.get());
      while (true) {
        switch (editor.read()) {
          case LineEditor.Typed.Line(String line) -> {
            switch (obey(line, status)) {
              case Step.Ask(int after) -> status = after;
              case Step.Leave() -> {
                return status;
              }
            }
          }
          case LineEditor.Typed.End() -> {
            return status;
          }
          case LineEditor.Typed.Idle() -> {
            terminal.say(
                "sallyport: nothing was typed for "
                    + IDLE_LIMIT.toMinutes()
                    + " minutes, so the prompt ends: log in again");
            return EXIT_NO_SESSION;
          }
          case LineEditor.Typed.Stopped() -> {
            terminal.say(
                "sallyport: the bastion is stopping, so the prompt ends: log in again later");
            return EXIT_NO_SESSION;
          }
          case LineEditor.Typed.Gone() -> {
            return EXIT_NO_SESSION;
          }
        }
      }
    } catch (IOException gone) {
      return EXIT_NO_SESSION;
    }
  }

  private void greet(PromptUser now) throws IOException {
    terminal.say(Greeting.opening(now));
    terminal.say(
        now.reachable().isEmpty() ? now.nowhere() : now.shownNarrowing() + invitation(now));
  }

  private static String invitation(PromptUser now) {
    return now.mayOpenSessions()
        ? "Type ssh <login>@<private server>, hosts, or help."
        : forwardsOnly(now) + "Type hosts or help.";
  }

  private static String forwardsOnly(PromptUser now) {
    return "The rules let you through with ssh -J "
        + now.shownName()
        + "@<this bastion>, and open no session here.\n";
  }

  private static String help(PromptUser now) {
    return (now.reachable().isEmpty() || now.mayOpenSessions() ? HELP_SSH : forwardsOnly(now))
        + HELP;
  }

  private Step obey(String line, int status) throws IOException, InterruptedException {
    String[] words = line.strip().split("[ \t]+", 2);
    if (words[0].isEmpty()) {
      return new Step.Ask(status);
    }
    PromptCommand command = PromptCommand.of(words[0]).orElse(null);
    if (command == null) {
      return complain(unknown(words[0]));
    }
    if (command == PromptCommand.SSH) {
      return ssh(line);
    }
    if (words.length > 1) {
      return complain(command.word() + " takes no arguments");
    }
    return switch (command) {
      case SSH, EXIT, LOGOUT -> new Step.Leave();
      case HOSTS -> answer(hosts(user.get()));
      case WHOAMI -> answer(user.get().shown());
      case HELP -> answer(help(user.get()));
    };
  }

  private Step ssh(String line) throws IOException, InterruptedException {
    return switch (GatewayCommand.parse(line, user.get().name())) {
      case GatewayCommand.Reading.Refused(String sentence) -> complain(sentence);
      case GatewayCommand.Reading.Understood(GatewayCommand command) -> {
        OptionalInt status = launcher.launch(command);
        if (status.isPresent()) {
          terminal.say(
              "The session on "
                  + command.target()
                  + " ended with exit status "
                  + status.getAsInt()
                  + ".");
        }
        yield new Step.Ask(status.orElse(EXIT_NO_SESSION));
      }
    };
  }

  private Step answer(String text) throws IOException {
    terminal.say(text);
    return new Step.Ask(0);
  }

  private Step complain(String sentence) throws IOException {
    terminal.say("sallyport: " + sentence);
    return new Step.Ask(EXIT_NO_SESSION);
  }

  private String unknown(String word) {
    return OtherProgram.hint(word, user.get().name())
        .orElseGet(() ->
            "there is no command "
                + SafeText.escape(word, SHOWN)
                + " here: there are "
                + String.join(", ", PromptCommand.names()));
  }

  private static String hosts(PromptUser now) {
    if (now.reachable().isEmpty()) {
      return now.nowhere();
    }
    StringBuilder text = new StringBuilder();
    for (Reachable one : now.reachable()) {
      text.append(one.shownDestinations())
          .append("\n    ")
          .append(one.shownWay())
          .append(" (rule ")
          .append(one.shownRule())
          .append(")\n");
    }
    return text.append(now.shownNarrowing()).toString();
  }
}
