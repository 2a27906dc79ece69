package dev.sallyport.forward;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Why a forward ended. Only the first reason counts; later ones are its consequences. For all
 * threads.
 */
final class EndReason {
  private final AtomicReference<@Nullable String> first = new AtomicReference<>();
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  /**
   * The forward ends.
   *
   * @param reason for the audit log; escaped
   */
  void because(String reason) {
    first.compareAndSet(null, reason);
  }

  /** As {@link #because}, when the bastion ends the forward, or something has failed. */
  void failed(String reason) {
    because(reason);
    failure.compareAndSet(null, reason);
  }

  /** The reason for the audit log. */
  String text() {
    String reason = first.get();
    return reason == null ? "unknown" : reason;
  }

  /** What failed; empty when the client or the target closed the forward. */
  Optional<String> failure() {
    return Optional.ofNullable(failure.get());
  }
}
