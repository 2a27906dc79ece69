package dev.sallyport.gateway.prompt;

import static org.assertj.core.api.Assertions.fail;

import dev.sallyport.audit.Condition;
import dev.sallyport.model.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jline.utils.ScreenTerminal;

/** Somebody at a terminal: types at a prompt, and looks at the screen. */
final class Typist implements AutoCloseable {
  static final PromptUser ALICE =
      new PromptUser(
          "alice",
          Set.of("ops", "dev"),
          List.of(
              new Reachable(
                  "web-ssh",
                  List.of("10.0.2.0/24:22", "web.internal:22", "10.0.9.7:22"),
                  new Reachable.Way.Session(Set.of("ec2-user", "ubuntu"))),
              new Reachable(
                  "build",
                  List.of("build.internal:22", "[fd00:1:2::/48]:22"),
                  new Reachable.Way.Session(Set.of("*"))),
              new Reachable("db", List.of("10.0.3.15:5432"), new Reachable.Way.Forward())),
          List.of());

  static final int NO_SESSION = -1;

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Keyboard keyboard = new Keyboard();
  private final Screen screen;
  private final PromptTerminal terminal;
  private final List<GatewayCommand> launched = new ArrayList<>();
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final Thread thread;

  private Typist(
      String type, TerminalSize size, PromptUser user, Launches launches, Duration idleLimit) {
    screen = new Screen(size);
    terminal = new PromptTerminal(keyboard, screen, type, size);
    GatewayPrompt prompt =
        new GatewayPrompt(
            terminal,
            () -> user,
            command -> {
              synchronized (launched) {
                launched.add(command);
              }
              int status = launches.launch(command, terminal);
              return status == NO_SESSION ? OptionalInt.empty() : OptionalInt.of(status);
            },
            idleLimit);
    thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                exit.complete(prompt.run());
              } catch (Throwable t) {
                exit.completeExceptionally(t);
              }
            });
  }

  /** What a session does with the terminal; its status, or {@link #NO_SESSION}. */
  @FunctionalInterface
  interface Launches {
    int launch(GatewayCommand command, PromptTerminal terminal) throws InterruptedException;
  }

  static Typist at(String type, TerminalSize size, Launches launches) {
    return new Typist(type, size, ALICE, launches, PATIENCE);
  }

  static Typist start() {
    return start((command, terminal) -> 0);
  }

  static Typist start(Launches launches) {
    return at("xterm-256color", TerminalSize.USUAL, launches).awaitPrompt();
  }

  static Typist of(PromptUser user) {
    return new Typist("xterm", TerminalSize.USUAL, user, (command, terminal) -> 0, PATIENCE);
  }

  static Typist idle(Duration limit) {
    return new Typist("xterm", TerminalSize.USUAL, ALICE, (command, terminal) -> 0, limit);
  }

  Typist awaitPrompt() {
    return awaitLast("sallyport>");
  }

  Typist type(String keys) {
    return type(keys.getBytes(StandardCharsets.UTF_8));
  }

  Typist type(byte[] keys) {
    keyboard.chunks.add(keys);
    return this;
  }

  /** Hangs up: there will be no more keys. */
  Typist hangUp() {
    return type(new byte[0]);
  }

  /** The bastion stops. */
  Typist stop() {
    terminal.stop();
    return this;
  }

  Typist resize(TerminalSize size) {
    screen.resize(size);
    terminal.resize(size);
    return this;
  }

  /** The lines of the screen that are not empty. */
  List<String> lines() {
    return screen.lines();
  }

  /** Waits until the last line of the screen is this, and the line editor is done with it. */
  Typist awaitLast(String line) {
    return await(
        "the last line is '" + line + "'",
        () -> !lines().isEmpty() && lines().getLast().equals(line));
  }

  Typist awaitShown(String text) {
    return await("'" + text + "' is shown", () -> String.join("\n", lines()).contains(text));
  }

  private Typist await(String what, BooleanSupplier condition) {
    try {
      Condition.await(
          what,
          () -> {
            if (exit.isCompletedExceptionally()) {
              exit.join();
            }
            return condition.getAsBoolean();
          });
    } catch (AssertionError late) {
      throw new AssertionError(
          late.getMessage()
              + "\n"
              + String.join("\n", lines())
              + "\n"
              + SafeText.escape(sent().substring(Math.max(0, sent().length() - 2000)), 2000),
          late);
    }
    return this;
  }

  String sent() {
    return screen.sent();
  }

  List<GatewayCommand> launched() {
    synchronized (launched) {
      return List.copyOf(launched);
    }
  }

  /** Waits for the end of the prompt. */
  int exit() {
    try {
      return exit.get(30, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return fail("the prompt goes on; the screen is %s", lines());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  void interrupt() {
    thread.interrupt();
  }

  CompletableFuture<Integer> end() {
    return exit;
  }

  void breakOutput() {
    screen.broken = true;
  }

  @Override
  public void close() {
    hangUp();
    thread.interrupt();
    exit.handle((status, failure) -> 0).join();
  }

  /** Keys on their way; an empty chunk is the end. */
  private static final class Keyboard extends InputStream {
    private final LinkedBlockingQueue<byte[]> chunks = new LinkedBlockingQueue<>();
    private byte[] chunk = {0};
    private int at = 1;

    @Override
    public int read() {
      throw new UnsupportedOperationException("nobody reads single bytes");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (chunk.length > 0 && at == chunk.length) {
        try {
          chunk = chunks.take();
          at = 0;
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      if (chunk.length == 0) {
        return -1;
      }
      int count = Math.min(length, chunk.length - at);
      System.arraycopy(chunk, at, bytes, offset, count);
      at += count;
      return count;
    }
  }

  /** A terminal emulator, and what was sent to it. */
  private static final class Screen extends OutputStream {
    private static final int KEPT = 4 << 20;

    private final StringBuilder sent = new StringBuilder();
    private ScreenTerminal emulator;
    private TerminalSize size;
    private volatile boolean broken;

    Screen(TerminalSize size) {
      this.size = size;
      this.emulator = new ScreenTerminal(size.columns(), size.rows());
    }

    synchronized void resize(TerminalSize newSize) {
      size = newSize;
      emulator.setSize(org.jline.terminal.Size.of(newSize.columns(), newSize.rows()));
    }

    @Override
    public void write(int b) {
      throw new UnsupportedOperationException("nobody writes single bytes");
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
      if (broken) {
        throw new IOException("the client is gone");
      }
      String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
      if (sent.length() < KEPT) {
        sent.append(text);
      }
      emulator.write(text);
    }

    synchronized String sent() {
      return sent.toString();
    }

    synchronized List<String> lines() {
      long[] cells = new long[size.columns() * size.rows()];
      emulator.dump(cells, 0, 0, size.rows(), size.columns(), new int[2]);
      List<String> lines = new ArrayList<>();
      for (int row = 0; row < size.rows(); row++) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < size.columns(); column++) {
          line.appendCodePoint((int) (cells[row * size.columns() + column] & 0xffffffffL));
        }
        if (!line.toString().isBlank()) {
          lines.add(line.toString().stripTrailing());
        }
      }
      return lines;
    }
  }
}
