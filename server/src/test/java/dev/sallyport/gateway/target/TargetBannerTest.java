package dev.sallyport.gateway.target;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TargetBannerTest {
  private final TargetBanner banner = new TargetBanner();

  @Test
  void linesAreFitToBeShownAndGivenAwayOnce() {
    banner.add("Authorised use only.\r\n\n\\o/\tgr\u00fcn\n");
    banner.add("\u001b]0;x\u0007\u202e\n\n");
    assertThat(banner.take())
        .containsExactly(
            "Authorised use only.", "", "\\o/    gr\\u00fcn", "\\u001b]0;x\\u0007\\u202e");
    assertThat(banner.take()).isEmpty();
  }

  @Test
  void twoMessagesAreNoOneLine() {
    banner.add("one");
    banner.add("two");
    assertThat(banner.take()).containsExactly("one", "two");
  }

  @Test
  void whatIsTooMuchIsLeftOut() {
    for (int i = 0; i < 1000; i++) {
      banner.add("x".repeat(TargetBanner.LONGEST - 1));
    }
    assertThat(banner.take())
        .hasSize(2)
        .startsWith("x".repeat(TargetBanner.LONGEST - 1))
        .endsWith("(the rest of the target's banner is left out)");
  }
}
