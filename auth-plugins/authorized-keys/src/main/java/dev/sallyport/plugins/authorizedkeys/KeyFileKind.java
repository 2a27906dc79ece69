package dev.sallyport.plugins.authorizedkeys;

/** Whose keys a file holds. */
enum KeyFileKind {
  /** The user's whose name is in the file's path. */
  ONE_USER,
  /** Many users': each line names them in its option {@code principals}. */
  FOR_ALL
}
