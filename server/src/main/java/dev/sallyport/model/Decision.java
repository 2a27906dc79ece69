package dev.sallyport.model;

/** Whether a user may reach a target now. */
public sealed interface Decision {
  /** Yes; the grant is all that travels on. */
  record Granted(Grant grant) implements Decision {}

  /** No. */
  record Denied(Denial denial) implements Decision {}
}
