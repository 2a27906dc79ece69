package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.sshd.common.util.logging.AbstractLoggingBean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

final class LoggingTest {
  /**
   * The library's classes log under the names of our subclasses, with what strangers send in it.
   */
  @ParameterizedTest
  @ValueSource(
      classes = {
        ClientConnection.class,
        ClientConnectionFactory.class,
        AuthService.class,
        ChannelService.class,
        PublicKeyMethod.class,
        SessionChannel.class,
        AbstractLoggingBean.class
      })
  void theLibrarySaysNothingOfWhatStrangersSend(Class<?> type) {
    assertThat(LoggerFactory.getLogger(type).isErrorEnabled()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sallyport.connection", "sallyport.forward"})
  void theOperatorHearsFromUs(String name) {
    assertThat(LoggerFactory.getLogger(name).isInfoEnabled()).isTrue();
  }
}
