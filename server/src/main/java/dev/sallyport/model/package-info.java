/**
 * Values that all packages share, such as addresses, targets, users and decisions, and what is
 * computed with them: rates, shares, digests, text that is safe to show.
 */
@NullMarked
package dev.sallyport.model;

import org.jspecify.annotations.NullMarked;
