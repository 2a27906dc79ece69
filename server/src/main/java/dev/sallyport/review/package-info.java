/** What auditors and administrators see and do. */
@NullMarked
package dev.sallyport.review;

import org.jspecify.annotations.NullMarked;
