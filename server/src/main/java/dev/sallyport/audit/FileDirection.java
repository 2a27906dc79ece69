package dev.sallyport.audit;

/** Where a file's bytes went. */
public enum FileDirection {
  /** To the target. */
  PUT,
  /** From the target. */
  GET
}
