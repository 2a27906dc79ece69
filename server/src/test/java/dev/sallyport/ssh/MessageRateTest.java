package dev.sallyport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.sshd.common.SshConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has an answer waits for its turn; what has a bound of its own does not. */
class MessageRateTest {
  private static final long NOW = 1_000_000_000_000L;

  private final MessageRate rate = new MessageRate(NOW);

  @Test
  void aBurstWaitsForNothingAndWhatFollowsComesInTurns() {
    for (int i = 0; i < MessageRate.BURST; i++) {
      assertThat(rate.take(NOW)).isZero();
    }
    assertThat(rate.take(NOW)).isEqualTo(MessageRate.INTERVAL_NANOS);
    assertThat(rate.take(NOW)).isEqualTo(2 * MessageRate.INTERVAL_NANOS);
  }

  @Test
  void whoSaysNothingForLongHasOneBurstAndNoMore() {
    long later = NOW + 1000 * MessageRate.BURST * MessageRate.INTERVAL_NANOS;
    for (int i = 0; i < MessageRate.BURST; i++) {
      assertThat(rate.take(later)).isZero();
    }
    assertThat(rate.take(later)).isPositive();
  }

  @Test
  void whoKeepsToTheRateNeverWaits() {
    for (int i = 0; i < 10 * MessageRate.BURST; i++) {
      assertThat(rate.take(NOW + i * MessageRate.INTERVAL_NANOS)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        SshConstants.SSH_MSG_GLOBAL_REQUEST,
        SshConstants.SSH_MSG_REQUEST_SUCCESS,
        SshConstants.SSH_MSG_CHANNEL_OPEN,
        SshConstants.SSH_MSG_CHANNEL_REQUEST,
        SshConstants.SSH_MSG_CHANNEL_SUCCESS,
        SshConstants.SSH_MSG_SERVICE_REQUEST,
        SshConstants.SSH_MSG_UNIMPLEMENTED,
        (byte) 9,
        (byte) 79,
        (byte) 127,
        (byte) 255
      })
  void requestsAndUnknownMessagesCount(byte command) {
    assertThat(MessageRate.counts(command & 0xff)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        SshConstants.SSH_MSG_CHANNEL_DATA,
        SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST,
        SshConstants.SSH_MSG_CHANNEL_CLOSE,
        SshConstants.SSH_MSG_KEXINIT,
        SshConstants.SSH_MSG_NEWKEYS,
        (byte) 30,
        (byte) 49
      })
  void bytesWindowsAndKeysDoNot(byte command) {
    assertThat(MessageRate.counts(command & 0xff)).isFalse();
  }
}
