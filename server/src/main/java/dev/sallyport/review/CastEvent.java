package dev.sallyport.review;

import java.time.Duration;

/** One event of a cast. */
public sealed interface CastEvent {
  /** The time since the recording began. */
  Duration at();

  /**
   * Output to the terminal.
   *
   * @param text encoded as in {@link dev.sallyport.recording.CastText}
   */
  record Output(Duration at, String text) implements CastEvent {}

  /**
   * Input of the user.
   *
   * @param text encoded in the same way
   */
  record Input(Duration at, String text) implements CastEvent {}

  /** The terminal was resized. */
  record Resize(Duration at, int columns, int rows) implements CastEvent {}

  /**
   * An event of another kind, which readers of the format must ignore.
   *
   * @param code one letter or more
   */
  record Other(Duration at, String code) implements CastEvent {}
}
