package dev.sallyport.model;

/** The decision whether a user may reach a target now. */
public sealed interface Decision {
  /** Allowed. Later code uses only the grant. */
  record Granted(Grant grant) implements Decision {}

  /** Denied. */
  record Denied(Denial denial) implements Decision {}
}
