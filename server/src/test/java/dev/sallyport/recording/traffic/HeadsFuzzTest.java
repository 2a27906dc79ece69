package dev.sallyport.recording.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.Stream;

final class HeadsFuzzTest {
  /** Whatever both sides begin with, what is told of them is fit for a log and a terminal. */
  @FuzzTest(maxDuration = "60s")
  void anyFirstBytesAreGuessedInSafeWords(byte[] data) {
    TrafficObserver observer = new TrafficObserver(() -> 0);
    observer.toTarget(ByteBuffer.wrap(data));
    observer.fromTarget(ByteBuffer.wrap(data));
    Traffic traffic = observer.traffic();
    assertThat(traffic.protocol()).matches("[a-z ]+");
    Stream.of(traffic.client(), traffic.target())
        .flatMap(Optional::stream)
        .forEach(glimpse -> {
          switch (glimpse) {
            case Glimpse.Ssh(String version, Optional<Hassh> hassh) -> {
              assertThat(version).matches("[ -~]*");
              hassh.ifPresent(print -> assertThat(print.algorithms()).matches("[!-~]*"));
            }
            case Glimpse.Tls(Optional<String> name) ->
                name.ifPresent(text -> assertThat(text).matches("[ -~]*"));
          }
        });
  }
}
