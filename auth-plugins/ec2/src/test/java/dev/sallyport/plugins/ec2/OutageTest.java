package dev.sallyport.plugins.ec2;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutageTest {
  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1); // It may overflow.
  private final Outage outage = new Outage(nanoTime::get);

  @Test
  void oneQuestionEveryFewSecondsFindsOutWhetherItIsOver() {
    assertThatCode(outage::check).doesNotThrowAnyException();
    outage.begin("is away");
    assertThatThrownBy(outage::check).hasMessage("is away");
    nanoTime.addAndGet(Outage.RETRY.toNanos());
    assertThatCode(outage::check).doesNotThrowAnyException();
    assertThatThrownBy(outage::check).hasMessage("is away");
  }

  @Test
  void isOverWithTheFirstAnswer() {
    outage.begin("is away");
    outage.end();
    assertThatCode(outage::check).doesNotThrowAnyException();
    assertThatCode(outage::check).doesNotThrowAnyException();
  }

  @Test
  void whoWaitedWhileItBeganIsToldAndWhoFindsOutIsNot() {
    long asked = nanoTime.get();
    nanoTime.addAndGet(10);
    outage.begin("is away");
    assertThatThrownBy(() -> outage.checkAgain(asked)).hasMessage("is away");
    nanoTime.addAndGet(Outage.RETRY.toNanos());
    long later = nanoTime.get();
    assertThatCode(outage::check).doesNotThrowAnyException();
    assertThatCode(() -> outage.checkAgain(later)).doesNotThrowAnyException();
  }
}
