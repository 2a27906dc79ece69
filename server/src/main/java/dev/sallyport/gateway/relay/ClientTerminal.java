package dev.sallyport.gateway.relay;

import dev.sallyport.gateway.prompt.PromptTerminal;
import dev.sallyport.gateway.prompt.TerminalSize;
import dev.sallyport.gateway.relay.Message.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** A client's session channel as the prompt's terminal. */
final class ClientTerminal {
  private final RelayEnd client;
  private final PromptTerminal terminal;

  ClientTerminal(RelayEnd client, Pty pty) {
    this.client = client;
    this.terminal =
        new PromptTerminal(
            new Input(), new Output(), pty.term(), TerminalSize.of(pty.columns(), pty.rows()));
    client.giveTo(Taker.PROMPT);
  }

  PromptTerminal terminal() {
    return terminal;
  }

  /** The window changed while a session had the client. */
  void resized(Pty.Size size) {
    terminal.resize(TerminalSize.of(size.columns(), size.rows()));
  }

  /**
   * What the user typed behind the command, in the same breath: the session's, not the prompt's.
   */
  byte[] typedAhead() {
    try {
      return terminal.input().readNBytes(terminal.input().available());
    } catch (IOException e) {
      return new byte[0];
    }
  }

  /** As large as the prompt's terminal is now. */
  Pty pty(Pty asked) {
    return asked.resizedTo(new Pty.Size(terminal.size().columns(), terminal.size().rows()));
  }

  /** What the client types, while it is the prompt's turn. For one thread at a time. */
  private final class Input extends InputStream {
    private byte[] bytes = {};
    private int at;
    private int end;

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
      if (at == end && !fill()) {
        return -1;
      }
      int count = Math.min(length, end - at);
      System.arraycopy(bytes, at, into, offset, count);
      at += count;
      return count;
    }

    @Override
    public int available() {
      return end - at;
    }

    /** False at the end. */
    private boolean fill() throws IOException {
      try {
        while (true) {
          switch (client.take(Taker.PROMPT)) {
            case Message.Data data -> {
              client.taken(data);
              bytes = data.bytes();
              at = 0;
              end = data.count();
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

  /** What the prompt shows. */
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
