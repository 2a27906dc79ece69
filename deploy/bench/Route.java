import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a user gets to a session on the instance, over a bastion, with the same cipher on every hop.
 *
 * @param bastion what is measured
 * @param instance the private server behind it
 * @param bastionPort where the user reaches the bastion
 */
record Route(Way way, Server bastion, Server instance, Client client, int bastionPort) {
  private static final String CIPHER = "aes128-gcm@openssh.com";

  /** Over no line of its own. */
  Route(Way way, Server bastion, Server instance, Client client) {
    this(way, bastion, instance, client, bastion.port());
  }

  /** What the user types, and what the bastion makes of it. */
  enum Way {
    /** {@code ssh -J bastion target} by a rule that records who, where, when and how much. */
    PLAIN_FORWARD("ssh -J"),
    /** The same command by a rule that records everything. */
    INSPECTED_FORWARD("ssh -J"),
    /** {@code ssh -t bastion ssh target}, which the bastion records. */
    GATEWAY("ssh -t"),
    /** The same command where the bastion's own ssh answers, which records nothing. */
    TWO_HOPS("ssh -t");

    private final String typed;

    Way(String typed) {
      this.typed = typed;
    }

    String typed() {
      return typed;
    }
  }

  /** A command without a terminal; its input and output are pipes. */
  ProcessBuilder command(String command) {
    return builder("-T", command);
  }

  /** A command in a terminal. */
  ProcessBuilder terminal(String command) {
    return builder("-tt", command);
  }

  private ProcessBuilder builder(String terminal, String command) {
    List<String> words =
        switch (way) {
          case PLAIN_FORWARD -> through(Server.PLAIN_ADDRESS, terminal, command);
          case INSPECTED_FORWARD -> through(Server.RECORDED_ADDRESS, terminal, command);
          case GATEWAY -> onBastion(terminal, List.of("ssh"), Server.RECORDED_ADDRESS, command);
          case TWO_HOPS ->
              onBastion(
                  terminal,
                  client.words(client.hopKey(), options()),
                  Server.PLAIN_ADDRESS,
                  command);
        };
    ProcessBuilder builder =
        Client.quiet(words)
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .redirectOutput(ProcessBuilder.Redirect.PIPE);
    builder.environment().put("TERM", "xterm");
    return builder;
  }

  /** As {@code ssh -J} does it; its own options would not reach the jump. */
  private List<String> through(String address, String terminal, String command) {
    Path key = client.key();
    List<String> jump = client.words(key, options());
    jump.addAll(List.of("-W", "%h:%p", "-p", Integer.toString(bastionPort), onBastion()));
    List<String> words = client.words(key, options());
    words.addAll(List.of("-o", "ProxyCommand=" + String.join(" ", jump)));
    words.addAll(List.of(terminal, "-p", port(instance), destination(address), command));
    return words;
  }

  /**
   * @param ssh what the user types on the bastion, without the target
   */
  private List<String> onBastion(
      String terminal, List<String> ssh, String address, String command) {
    List<String> second = new ArrayList<>(ssh);
    second.addAll(List.of("-p", port(instance)));
    if (terminal.equals("-tt")) {
      second.add("-t");
    }
    second.addAll(List.of(destination(address), "'" + command + "'"));
    List<String> words = client.words(client.key(), options());
    words.addAll(List.of(terminal, "-p", Integer.toString(bastionPort), onBastion()));
    words.add(String.join(" ", second));
    return words;
  }

  /** OpenSSH 9.5 began to send keystrokes at intervals, which would be measured instead. */
  private static String[] options() {
    return new String[] {
      "-o", "Ciphers=" + CIPHER,
      "-o", "IgnoreUnknown=ObscureKeystrokeTiming",
      "-o", "ObscureKeystrokeTiming=no"
    };
  }

  private static String port(Server server) {
    return Integer.toString(server.port());
  }

  private String onBastion() {
    return bastion.nextUser() + "@" + Server.PLAIN_ADDRESS;
  }

  private static String destination(String address) {
    return Workplace.USER + "@" + address;
  }
}
