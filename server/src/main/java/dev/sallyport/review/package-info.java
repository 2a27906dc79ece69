/** Reads the audit log and recordings, for auditors and administrators. */
@NullMarked
package dev.sallyport.review;

import org.jspecify.annotations.NullMarked;
