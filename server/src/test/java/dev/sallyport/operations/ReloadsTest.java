package dev.sallyport.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReloadsTest {
  private final AtomicInteger runs = new AtomicInteger();
  private final CountDownLatch began = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private ReloadAnswer reload() {
    int run = runs.incrementAndGet();
    began.countDown();
    try {
      goOn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new ReloadAnswer.Failed("run " + run);
  }

  @Test
  void whoAsksWhileOneRunsSharesTheNextWhichReadsTheFileAfterwards() throws Exception {
    Reloads reloads = new Reloads(this::reload);
    CompletableFuture<ReloadAnswer> first = reloads.request();
    began.await();
    List<CompletableFuture<ReloadAnswer>> during = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      during.add(reloads.request());
    }

    goOn.countDown();

    assertThat(first.join()).isEqualTo(new ReloadAnswer.Failed("run 1"));
    assertThat(during)
        .allSatisfy(one -> assertThat(one.join()).isEqualTo(new ReloadAnswer.Failed("run 2")));
    assertThat(reloads.request().join()).isEqualTo(new ReloadAnswer.Failed("run 3"));
  }

  @Test
  void afterOneThatBrokeTheNextRuns() {
    Reloads reloads =
        new Reloads(() -> {
          if (runs.incrementAndGet() == 1) {
            throw new IllegalStateException("a bug");
          }
          return new ReloadAnswer.Reloaded("/f", List.of(), List.of(), List.of());
        });

    assertThatThrownBy(() -> reloads.request().join()).isInstanceOf(CompletionException.class);
    assertThat(reloads.request().join()).isInstanceOf(ReloadAnswer.Reloaded.class);
  }
}
