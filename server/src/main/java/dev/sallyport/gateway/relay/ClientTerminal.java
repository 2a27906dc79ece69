package dev.sallyport.gateway.relay;

import dev.sallyport.gateway.prompt.PromptTerminal;
import dev.sallyport.gateway.prompt.TerminalSize;
import dev.sallyport.gateway.relay.Message.Stream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a client's session channel the terminal of the prompt. */
final class ClientTerminal {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");
  private static final Message.Data NOTHING = new Message.Data(Stream.DATA, new byte[0], 0);

  private final RelayEnd client;
  private final Input input = new Input();
  private final PromptTerminal terminal;
  private volatile Pty.Size size;

  ClientTerminal(RelayEnd client, Pty pty) {
    this.client = client;
    this.size = pty.size();
    this.terminal =
        new PromptTerminal(
            input,
            new Output(),
            pty.term(),
            TerminalSize.of(pty.size().columns(), pty.size().rows()));
    client.giveTo(Taker.PROMPT);
  }

  PromptTerminal terminal() {
    return terminal;
  }

  /** The client's window was resized while a session used the channel. */
  void resized(Pty.Size now) {
    size = now;
    terminal.resize(TerminalSize.of(now.columns(), now.rows()));
  }

  /**
   * What the user typed after the command, before the session began. It is input of the session and
   * not of the prompt. Called once, when the session begins, while nothing waits for a key.
   */
  byte[] typedAhead() {
    ByteArrayOutputStream ahead = new ByteArrayOutputStream();
    try {
      InputStream next = terminal.input();
      ahead.write(next.readNBytes(next.available()));
      // The rest of the same packet. If it stayed here, later input would overtake it.
      ahead.write(input.readNBytes(input.available()));
    } catch (IOException e) {
      LOG.debug("the client left while it typed", e);
    }
    return ahead.toByteArray();
  }

  /** The terminal that was asked for, at the current size of the client's window. */
  Pty pty(Pty asked) {
    return asked.resizedTo(size);
  }

  /** The client's input while the prompt has the channel. For one thread at a time. */
  private final class Input extends InputStream {
    private Message.Data data = NOTHING;
    private int at;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (available() == 0 && !fill()) {
        return -1;
      }
      int count = Math.min(length, available());
      System.arraycopy(data.bytes(), at, into, offset, count);
      at += count;
      return count;
    }

    @Override
    public int available() {
      return data.count() - at;
    }

    /** False at the end. */
    private boolean fill() throws IOException {
      // The window is given back only when the data is read, and not while a session holds earlier
      // input: what is kept here counts against the user's share of memory.
      client.taken(data);
      data = NOTHING;
      at = 0;
      try {
        while (true) {
          switch (client.take(Taker.PROMPT)) {
            case Message.Data next -> {
              data = next;
              return true;
            }
            case Message.Request request -> answer(request);
            case Message.Reply unasked -> {}
            case Message.Eof eof -> {
              return false;
            }
            case Message.Closed closed -> {
              return false;
            }
          }
        }
      } catch (InterruptedException e) {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(e);
        throw interrupted;
      }
    }

    private void answer(Message.Request request) throws IOException {
      boolean resize = request.type().equals("window-change");
      if (resize) {
        resized(Pty.resized(request.arguments()));
      }
      if (request.wantReply()) {
        client.sendReply(resize);
      }
    }
  }

  /** The prompt's output. */
  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        client.sendData(Stream.DATA, bytes, offset, length);
      } catch (InterruptedException e) {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(e);
        throw interrupted;
      }
    }
  }
}
