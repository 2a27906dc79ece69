package dev.sallyport.review;

import java.time.Duration;

/** One event of a cast. */
public sealed interface CastEvent {
  /** Since the recording began. */
  Duration at();

  /**
   * What the terminal was sent.
   *
   * @param text as {@link dev.sallyport.recording.CastText} has it
   */
  record Output(Duration at, String text) implements CastEvent {}

  /**
   * What the user typed.
   *
   * @param text likewise
   */
  record Input(Duration at, String text) implements CastEvent {}

  /** The terminal has another size. */
  record Resize(Duration at, int columns, int rows) implements CastEvent {}

  /**
   * Something of another kind, which the format has readers pass over.
   *
   * @param code one letter or more
   */
  record Other(Duration at, String code) implements CastEvent {}
}
