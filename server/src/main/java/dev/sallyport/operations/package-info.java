/**
 * What the operator does with a running server: checks of files, reload, and notification of the
 * service manager.
 */
@NullMarked
package dev.sallyport.operations;

import org.jspecify.annotations.NullMarked;
