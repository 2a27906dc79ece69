package dev.sallyport.gateway.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jline.utils.ScreenTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The prompt in a process of its own behind a real pseudo-terminal, with the modules we ship. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RealTerminalTest {
  /** {@code runtime.modules} of deploy/pom.xml. */
  private static final String MODULES =
      "java.base,java.logging,java.management,java.naming,java.net.http,java.rmi,"
          + "java.security.jgss,java.xml,jdk.crypto.cryptoki,jdk.jfr,jdk.management,"
          + "jdk.naming.dns,jdk.unsupported,jdk.zipfs";

  @Test
  void editsCompletesAndLaunchesThroughAPseudoTerminal() throws Exception {
    String java =
        "'%s/bin/java' -XX:TieredStopAtLevel=1 --limit-modules %s -cp '%s' %s 80 24 xterm-256color"
            .formatted(
                System.getProperty("java.home"),
                MODULES,
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                PromptMain.class.getName());
    Process script =
        new ProcessBuilder("script", "-qfec", "stty raw -echo; exec " + java, "/dev/null")
            .redirectErrorStream(true)
            .start();
    try {
      ScreenTerminal screen = new ScreenTerminal(80, 24);
      Thread.ofVirtual().start(() -> show(script, screen));
      await(screen, "sallyport> ");
      OutputStream keys = script.getOutputStream();
      type(keys, "ssh ec\t");
      await(screen, "sallyport> ssh ec2-user@");
      type(keys, "w\tuptimx\u007fe\r");
      await(screen, "The session on ec2-user@web.internal ended with exit status 6.");
      type(keys, "\u001b[A\u001b[D\u001b[D!");
      await(screen, "sallyport> ssh ec2-user@web.internal upti!me");
      type(keys, "\u0003exit\r");
      assertThat(script.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(script.exitValue()).as(screen.toString()).isEqualTo(6);
    } finally {
      script.descendants().forEach(ProcessHandle::destroyForcibly);
      script.destroyForcibly();
    }
  }

  private static void type(OutputStream keys, String text) throws IOException {
    keys.write(text.getBytes(StandardCharsets.UTF_8));
    keys.flush();
  }

  private static void await(ScreenTerminal screen, String text) {
    try {
      Condition.await(text, () -> screen.toString().contains(text));
    } catch (AssertionError late) {
      throw new AssertionError(late.getMessage() + "\n" + screen, late);
    }
  }

  private static void show(Process script, ScreenTerminal screen) {
    byte[] some = new byte[8192];
    try {
      for (int count = script.getInputStream().read(some);
          count >= 0;
          count = script.getInputStream().read(some)) {
        screen.write(new String(some, 0, count, StandardCharsets.UTF_8));
      }
    } catch (IOException ended) {
      screen.write("\r\n" + ended);
    }
  }
}
