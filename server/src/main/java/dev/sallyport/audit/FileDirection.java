package dev.sallyport.audit;

/** The direction of a file transfer. */
public enum FileDirection {
  /** To the target. */
  PUT,
  /** From the target. */
  GET
}
