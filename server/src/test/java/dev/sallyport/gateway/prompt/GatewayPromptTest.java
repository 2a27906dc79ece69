package dev.sallyport.gateway.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayPromptTest {
  @Test
  void greetsAndAsks() throws Exception {
    try (Typist alice = Typist.start()) {
      assertThat(alice.lines())
          .containsExactly(
              "You are alice, in dev, ops. This is a bastion: nothing runs here, it leads to pr",
              "ivate servers.",
              "Type ssh <login>@<private server>, hosts, or help.",
              "sallyport>");
      alice.type("exit\r");
      assertThat(alice.exit()).isZero();
    }
  }

  @Test
  void launchesASessionAndGoesOn() throws Exception {
    try (Typist alice = Typist.start((command, terminal) -> 7)) {
      alice.type("ssh ec2-user@10.0.2.15 uptime\r");
      alice.awaitShown("The session on ec2-user@10.0.2.15 ended with exit status 7.");
      assertThat(alice.launched()).hasSize(1);
      assertThat(alice.launched().getFirst().command()).contains("uptime");
      alice.awaitPrompt().type("\u0004");
      assertThat(alice.exit()).isEqualTo(7);
    }
  }
}
