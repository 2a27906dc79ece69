package dev.sallyport.gateway.prompt;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The terminal of a client, as the streams of a session channel with a pty-req (RFC 4254, section
 * 6.2). The client's own end of it is raw: nothing here echoes, and lines end with CR LF.
 *
 * <p>A session that the prompt launches uses {@link #input} and {@link #output} as they are, from
 * any thread, until it ends. A thread of it that waits for input then must be interrupted and
 * joined, or it would take a key from the prompt.
 */
public final class PromptTerminal {
  private final ClientInput input;
  private final OutputStream output;
  private final String type;
  private volatile TerminalSize size;

  /**
   * @param in what the client sends; read only while somebody waits for it
   * @param out to the client; may block while the client does not read, and must fail when the
   *     client is gone
   * @param type what the client calls its terminal, any text
   */
  public PromptTerminal(InputStream in, OutputStream out, String type, TerminalSize size) {
    this.input = new ClientInput(in);
    this.output = out;
    this.type = type;
    this.size = size;
  }

  /**
   * What the client sends, from the first byte that the prompt did not use. A read can be
   * interrupted, and then loses nothing.
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
   * The bastion stops: the prompt ends, with a sentence, as soon as it waits for a key. A session
   * that has the terminal keeps it. Never blocks and never writes; from any thread.
   */
  public void stop() {
    input.stop();
  }

  /** How large it is now. */
  public TerminalSize size() {
    return size;
  }

  /**
   * Shows lines of text, each from the left edge.
   *
   * @param text lines; what is not printable ASCII is shown as a question mark, so escape what a
   *     reader should be able to tell
   * @throws IOException when the client is gone
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
