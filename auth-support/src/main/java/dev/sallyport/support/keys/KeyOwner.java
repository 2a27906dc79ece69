package dev.sallyport.support.keys;

/** Whose keys a file holds. */
public enum KeyOwner {
  /** The user's whose name is in the file's path. */
  ONE_USER,
  /** Many users': each line names them in its option {@code principals}. */
  FOR_ALL
}
