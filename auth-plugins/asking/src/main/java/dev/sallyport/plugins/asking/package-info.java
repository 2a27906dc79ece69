/**
 * How a plugin asks what may be slow, hang or be gone, so that nobody else's login waits for it.
 */
@NullMarked
package dev.sallyport.plugins.asking;

import org.jspecify.annotations.NullMarked;
