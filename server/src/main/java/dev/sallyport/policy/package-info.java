/** Decides whether a user may reach a resolved address now, and by which rule. */
@NullMarked
package dev.sallyport.policy;

import org.jspecify.annotations.NullMarked;
