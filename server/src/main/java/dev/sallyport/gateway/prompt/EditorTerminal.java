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
 * A client's terminal as the line editor sees it. The library's own terminals would ask the program
 * {@code infocmp} what the client's kind of terminal can do, question the terminal itself, read
 * ahead on a thread of their own, or look at the process's environment; this one does none of it.
 * Used by the prompt's thread only.
 */
final class EditorTerminal extends AbstractTerminal {
  /** The library writes what it read into its log. Kept here, or the level would be forgotten. */
  private static final Logger LIBRARY_LOG = Logger.getLogger("org.jline");

  static {
    LIBRARY_LOG.setLevel(Level.OFF);
  }

  /**
   * The least that one can edit a line on: a terminal that wraps, and can go back. The library's
   * own dumb one cannot, because there the process's terminal echoes what is typed.
   */
  private static final String LEAST =
      "dumb|one that goes back,\n\tam,\n\tcols#80,\n\tbel=^G, cr=^M, cub1=^H, cud1=^J, ind=^J,\n";

  private final PromptTerminal client;
  private final KeyReader keys;
  private final OutputStream output;
  private final PrintWriter writer;
  private final Attributes attributes = new Attributes();

  EditorTerminal(PromptTerminal client, Duration idleLimit) throws IOException {
    // Neither the name nor the type is the client's: the library decides by some types.
    super("sallyport", "prompt", StandardCharsets.UTF_8, SignalHandler.SIG_IGN);
    this.client = client;
    this.keys = new KeyReader(client.keys(), idleLimit, () -> raise(Signal.WINCH));
    this.output = new CrlfOutput(client.output());
    this.writer = new PrintWriter(new OutputStreamWriter(output, StandardCharsets.UTF_8));
    attributes.setControlChar(ControlChar.VEOF, Keys.END_OR_DELETE);
    InfoCmp.parseInfoCmp(description(client.type()), bools, ints, strings);
    // Without colours the library also leaves away escape sequences that are not in the list.
    ints.remove(Capability.max_colors);
    setEnv(name -> "");
  }

  /**
   * What the client's kind of terminal can do, from the library's built-in descriptions. What a
   * client calls its terminal is compared with a few words, and goes nowhere else.
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

  /** What {@link #reader} is. */
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

  /** The size is the client's. */
  @Override
  public void setSize(Sized size) {}

  /** Nothing asks the client's terminal: the answer would be keys. */
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

  /** There is none: it was not made from the process's own streams. */
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
