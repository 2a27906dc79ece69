package dev.sallyport.gateway.prompt;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The terminal of a client, as the streams of a session channel with a pty-req (RFC 4254, section
 * 6.2). The client's own terminal is in raw mode: it does not echo, and lines must end with CR LF.
 *
 * <p>A session that the prompt launches uses {@link #input} and {@link #output} as they are, from
 * any thread, until it ends. Its threads that wait for input must then be interrupted and joined,
 * or they would take a key from the prompt.
 */
public final class PromptTerminal {
  private final ClientInput input;
  private final OutputStream output;
  private final String type;
  private volatile TerminalSize size;

  /**
   * @param in the client's input; read only while a reader waits for it
   * @param out to the client; may block while the client does not read, and must fail when the
   *     client has left
   * @param type the client's name for its terminal, any text
   */
  public PromptTerminal(InputStream in, OutputStream out, String type, TerminalSize size) {
    this.input = new ClientInput(in);
    this.output = out;
    this.type = type;
    this.size = size;
  }

  /**
   * The client's input, from the first byte that the prompt has not used. A read can be interrupted
   * without losing input.
   */
  public InputStream input() {
    return input;
  }

  /** To the client, unchanged. */
  public OutputStream output() {
    return output;
  }

  /** Takes the new size of a window-change. Never blocks and never writes; from any thread. */
  public void resize(TerminalSize newSize) {
    size = newSize;
    input.wake();
  }

  /**
   * Ends the prompt because the bastion stops, with a message, as soon as it waits for a key. A
   * session that uses the terminal is not affected. Never blocks and never writes; from any thread.
   */
  public void stop() {
    input.stop();
  }

  /** The current size. */
  public TerminalSize size() {
    return size;
  }

  /**
   * Shows lines of text, each from the left edge.
   *
   * @param text lines; characters other than printable ASCII are shown as question marks, so escape
   *     those that matter
   * @throws IOException when the client has left
   */
  public void say(String text) throws IOException {
    StringBuilder lines = new StringBuilder();
    text.stripTrailing()
        .lines()
        .forEach(line -> lines.append(line.replaceAll("[^ -~]", "?")).append("\r\n"));
    output.write(lines.toString().getBytes(StandardCharsets.US_ASCII));
    output.flush();
  }

  ClientInput keys() {
    return input;
  }

  String type() {
    return type;
  }
}
