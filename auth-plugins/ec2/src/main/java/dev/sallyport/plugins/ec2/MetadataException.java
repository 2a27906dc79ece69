package dev.sallyport.plugins.ec2;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The metadata service did not answer, or answered what it never should. The message is a sentence
 * without a full stop that repeats nothing of the answer.
 */
final class MetadataException extends IOException {
  private static final long serialVersionUID = 1L;

  MetadataException(String message) {
    super(message);
  }

  MetadataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** What failed on another thread. */
  static MetadataException of(ExecutionException failed) {
    return failed.getCause() instanceof MetadataException known
        ? new MetadataException(String.valueOf(known.getMessage()), failed)
        : new MetadataException("was not asked to the end", failed);
  }
}
