package dev.sallyport.policy;

/** What is kept of what users do under a rule ({@code record}). */
public enum RecordMode {
  /** Who, where, when and how much. */
  METADATA
}
