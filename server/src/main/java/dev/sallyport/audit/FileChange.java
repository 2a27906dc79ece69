package dev.sallyport.audit;

/** What was done to a file of a target, other than carrying its bytes. */
public enum FileChange {
  RENAME,
  REMOVE,
  MAKE_DIRECTORY,
  REMOVE_DIRECTORY,
  /** Permissions, owner, times or size. */
  SET_ATTRIBUTES,
  /** A symbolic or hard link was made. */
  LINK,
  /** The target made a copy by itself. */
  COPY,
  /** Something that we do not understand; the detail says what. */
  UNKNOWN
}
