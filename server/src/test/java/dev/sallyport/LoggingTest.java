package dev.sallyport;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

class LoggingTest {
  @Test
  @ResourceLock(Resources.SYSTEM_ERR)
  void logsOneLineToStderrThatDrivesNoTerminal() throws Exception {
    PrintStream before = System.err;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    try (PrintStream stream = new PrintStream(written, true, StandardCharsets.UTF_8)) {
      System.setErr(stream);
      JoranConfigurator configurator = new JoranConfigurator();
      configurator.setContext(context);
      configurator.doConfigure(Main.class.getResource("/logback.xml"));
      context.getLogger("dev.sallyport.X").info("a\u001b[31m\nforged {}", "\u202e");
      context
          .getLogger("dev.sallyport.X")
          .error("failed", new IllegalStateException("evil\u001b[31m\u202e"));
      assertThat(context.getLogger("org.apache.sshd.x").getEffectiveLevel()).isEqualTo(Level.OFF);
    } finally {
      System.setErr(before);
      context.stop();
    }
    String text = written.toString(StandardCharsets.UTF_8);
    assertThat(text.lines().findFirst())
        .hasValueSatisfying(
            line -> assertThat(line).matches("\\S+Z INFO  X: a\\?\\[31m\\?forged \\?"));
    assertThat(text).containsOnlyOnce("IllegalStateException: evil?[31m?");
    assertThat(text).matches("[ -~\n\t]+");
  }
}
