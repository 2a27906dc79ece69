/** Decides, purely, whether a user may reach a resolved address now, and under which rule. */
@NullMarked
package dev.sallyport.policy;

import org.jspecify.annotations.NullMarked;
