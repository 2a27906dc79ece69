package dev.sallyport.audit;

/**
 * A file of the log as it is, or was, on disk.
 *
 * @param path absolute
 * @param sha256 in lower-case hexadecimal
 */
public record StoredFile(String path, long bytes, String sha256) {}
