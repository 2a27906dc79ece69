package dev.sallyport.gateway.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TargetBannerTest {
  private final TargetBanner banner = new TargetBanner();

  @Test
  void isShownAsOpenSshShowsItAndGivenAwayOnce() {
    String text = "Authorised use only.\r\n\n  \\o/\tf\u00fcr \u65e5\u672c\n\n";
    banner.add(text);
    assertThat(banner.take()).isEqualTo(text.replace("\r", ""));
    assertThat(banner.take()).isEmpty();
  }

  @Test
  void nothingInItDrivesATerminalOrReversesText() {
    banner.add("\u001b]0;x\u0007\rover\u009b2J\u202e\u2028\u2066\ue000\ud800");
    assertThat(banner.take())
        .isEqualTo("\\u001b]0;x\\u0007\\u000dover\\u009b2J\\u202e\\u2028\\u2066\\ue000\\ud800");
  }

  @Test
  void twoMessagesAreNoOneLine() {
    banner.add("one");
    banner.add("two");
    assertThat(banner.take()).isEqualTo("one\ntwo");
  }

  @Test
  void whatIsTooMuchIsLeftOut() {
    for (int i = 0; i < 1000; i++) {
      banner.add("x".repeat(TargetBanner.LONGEST - 1));
    }
    assertThat(banner.take())
        .isEqualTo(
            "x".repeat(TargetBanner.LONGEST - 1)
                + "\n\n(the rest of the target's banner is left out)\n");
  }
}
