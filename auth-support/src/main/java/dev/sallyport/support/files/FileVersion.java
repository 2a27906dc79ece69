package dev.sallyport.support.files;

import java.time.Instant;

/**
 * What tells one state of a file from the next. The time of change is there because, unlike the
 * time of modification, no program can set it back.
 *
 * @param size in bytes
 */
public record FileVersion(long device, long inode, long size, Instant modified, Instant changed) {}
