import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A session on the instance, whose command runs. */
record OpenSession(Route route, Process ssh) implements AutoCloseable {
  /**
   * Starts it and waits until its command runs.
   *
   * @param builder of a command that begins with {@code echo ready}
   */
  static OpenSession start(Route route, ProcessBuilder builder) throws IOException {
    OpenSession session = new OpenSession(route, route.client().start(builder));
    session.expect("ready");
    return session;
  }

  /** Reads a line that the command prints. */
  void expect(String wanted) throws IOException {
    String said = line();
    if (!said.equals(wanted)) {
      throw failure("the session said '" + said + "' instead of '" + wanted + "'");
    }
  }

  /** Byte by byte: what follows the line belongs to somebody else. */
  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = output().read(); c >= 0 && c != '\n'; c = output().read()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  InputStream output() {
    return ssh.getInputStream();
  }

  OutputStream input() {
    return ssh.getOutputStream();
  }

  IOException failure(String what) throws IOException {
    return Client.failure(ssh, route.bastion(), what + ", " + route.way().typed());
  }

  /** Leaves it, as one who closes the window. */
  @Override
  public void close() throws IOException {
    ssh.destroy();
    try {
      ssh.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    route.bastion().awaitNoChildren();
  }
}
