/**
 * Values that everyone shares: addresses, targets, users, decisions. No behaviour beyond their own
 * rules.
 */
@NullMarked
package dev.sallyport.model;

import org.jspecify.annotations.NullMarked;
