import java.io.IOException;

/** Many bytes through a command on the instance, as {@code cat}, scp and rsync do it. */
final class SessionTransfer {
  /** As much as a pipe holds. */
  private static final int BLOCK = 64 * 1024;

  private final Flow flow;

  /**
   * @param bytes of each transfer; a multiple of a mebibyte
   */
  SessionTransfer(long bytes) {
    this.flow = new Flow(bytes);
  }

  /** The processor time is taken while the session lasts: sshd forgets that of ended ones. */
  Transfer.Sample run(Route route, Transfer.Direction direction)
      throws IOException, InterruptedException {
    try (OpenSession session = OpenSession.start(route, route.command(command(direction)))) {
      double cpu = route.bastion().cpuSeconds();
      long start = System.nanoTime();
      switch (direction) {
        case DOWNLOAD -> flow.receive(session.output());
        case UPLOAD -> {
          flow.send(session.input());
          session.expect("done");
        }
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      double cpuSeconds = route.bastion().cpuSeconds() - cpu;
      session.input().close();
      Client.awaitSuccess(session.ssh(), route.bastion());
      return Transfer.Sample.of(flow.bytes(), seconds, cpuSeconds);
    }
  }

  /** What carries the bytes, and then waits for the end of its input. */
  private String command(Transfer.Direction direction) {
    String count = " bs=" + BLOCK + " count=" + flow.bytes() / BLOCK + " status=none";
    String dd =
        switch (direction) {
          case DOWNLOAD -> "dd if=/dev/zero" + count;
          case UPLOAD -> "dd of=/dev/null iflag=fullblock" + count + "; echo done";
        };
    return "echo ready; " + dd + "; exec cat";
  }
}
