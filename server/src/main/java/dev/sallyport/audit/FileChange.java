package dev.sallyport.audit;

/** A change of a file on a target, other than a transfer. */
public enum FileChange {
  RENAME,
  REMOVE,
  MAKE_DIRECTORY,
  REMOVE_DIRECTORY,
  /** Permissions, owner, times or size. */
  SET_ATTRIBUTES,
  /** A symbolic or hard link was made. */
  LINK,
  /** The target itself made a copy. */
  COPY,
  /** An unknown operation, which the detail names. */
  UNKNOWN
}
