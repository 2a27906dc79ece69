/** Operations on a running server: reload, and notification of the service manager. */
@NullMarked
package dev.sallyport.operations;

import org.jspecify.annotations.NullMarked;
