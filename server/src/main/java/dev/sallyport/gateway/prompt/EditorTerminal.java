package dev.sallyport.gateway.prompt;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Size;
import org.jline.terminal.Sized;
import org.jline.terminal.impl.AbstractTerminal;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;
import org.jline.utils.InfoCmp;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;

/**
 * Represents a client's terminal to the line editor. The library's own terminals run the program
 * {@code infocmp}, query the terminal, read ahead on a thread of their own, or use the process's
 * environment. This one does none of that. Used by the prompt's thread only.
 */
final class EditorTerminal extends AbstractTerminal {
  /**
   * The library logs what it reads. The logger is kept here, or its level would be garbage
   * collected.
   */
  private static final Logger LIBRARY_LOG = Logger.getLogger("org.jline");

  static {
    LIBRARY_LOG.setLevel(Level.OFF);
  }

  /**
   * The minimal terminal on which a line can be edited: it wraps, and can move back. The library's
   * own dumb terminal cannot move back, because it relies on the process's terminal for the echo.
   */
  private static final String LEAST =
      "dumb|one that goes back,\n\tam,\n\tcols#80,\n\tbel=^G, cr=^M, cub1=^H, cud1=^J, ind=^J,\n";

  private final PromptTerminal client;
  private final KeyReader keys;
  private final OutputStream output;
  private final PrintWriter writer;
  private final Attributes attributes = new Attributes();

  EditorTerminal(PromptTerminal client, Duration idleLimit) throws IOException {
    // Neither the name nor the type is the client's, because the library behaves differently for
    // some types.
    super("sallyport", "prompt", StandardCharsets.UTF_8, SignalHandler.SIG_IGN);
    this.client = client;
    this.keys = new KeyReader(client.keys(), idleLimit, () -> raise(Signal.WINCH));
    this.output = new CrlfOutput(client.output());
    this.writer = new PrintWriter(new OutputStreamWriter(output, StandardCharsets.UTF_8));
    attributes.setControlChar(ControlChar.VEOF, Keys.END_OR_DELETE);
    InfoCmp.parseInfoCmp(description(client.type()), bools, ints, strings);
    // Without colours the library also leaves out escape sequences that are not in the description.
    ints.remove(Capability.max_colors);
    setEnv(name -> "");
  }

  /**
   * The description of the client's type of terminal, from those that the library contains. The
   * client's text is only compared with a few known names.
   */
  private static String description(String type) {
    String kind = type.substring(0, Math.min(type.length(), 8)).toLowerCase(Locale.ROOT);
    if (kind.isEmpty() || kind.startsWith("dumb")) {
      return LEAST;
    }
    if (kind.startsWith("screen") || kind.startsWith("tmux")) {
      return InfoCmp.getDefaultInfoCmp("screen");
    }
    return InfoCmp.getDefaultInfoCmp(kind.startsWith("rxvt") ? "rxvt" : "xterm");
  }

  /** The same object as {@link #reader}. */
  KeyReader keys() {
    return keys;
  }

  @Override
  public NonBlockingReader reader() {
    return keys;
  }

  @Override
  public PrintWriter writer() {
    return writer;
  }

  @Override
  public InputStream input() {
    return client.input();
  }

  @Override
  public OutputStream output() {
    return output;
  }

  @Override
  public Attributes getAttributes() {
    return new Attributes(attributes);
  }

  @Override
  public void setAttributes(Attributes wanted) {
    attributes.copy(wanted);
  }

  @Override
  public Size getSize() {
    TerminalSize size = client.size();
    return Size.of(size.columns(), size.rows());
  }

  /** Ignored: only the client sets the size. */
  @Override
  public void setSize(Sized size) {}

  /** The client's terminal is never queried: its answer would be read as keys. */
  @Override
  public boolean isModeSupported(Mode mode) {
    return false;
  }

  @Override
  public boolean supportsGraphemeClusterMode() {
    return false;
  }

  @Override
  public boolean trackMouse(MouseTracking tracking) {
    return false;
  }

  @Override
  public void beginSynchronizedUpdate() {}

  @Override
  public void endSynchronizedUpdate() {}

  /** None: this terminal does not belong to the process's own streams. */
  @Override
  @SuppressWarnings("NullAway") // the library's way to say so
  public TerminalProvider getProvider() {
    return null;
  }

  /** As {@link #getProvider}. */
  @Override
  @SuppressWarnings("NullAway") // the library's way to say so
  public SystemStream getSystemStream() {
    return null;
  }
}
