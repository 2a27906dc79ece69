package dev.sallyport.transport;

/** Limits the size of reads from a wire after the login. */
@FunctionalInterface
public interface ReadGrowth {
  /** Whether that many bytes may be read at once; never waits. */
  boolean mayReadAtOnce(int bytes);
}
