package dev.sallyport.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MemoryBudgetTest {
  private final MemoryBudget budget = new MemoryBudget(100);

  @Test
  void promisesNoMoreThanThereIs() {
    assertThat(budget.reserve(60)).isTrue();
    assertThat(budget.reserve(60)).isFalse();
    assertThat(budget.used()).isEqualTo(60);
    assertThat(budget.reserve(40)).isTrue();
  }

  @Test
  void promisesExtrasOnlyFromTheFirstHalf() {
    assertThat(budget.reserveExtra(50)).isTrue();
    assertThat(budget.reserveExtra(1)).isFalse();
    assertThat(budget.reserve(50)).isTrue();
  }

  @Test
  void whatIsReleasedCanBePromisedAgain() {
    budget.reserve(100);
    budget.release(30);
    assertThat(budget.reserve(30)).isTrue();
  }
}
