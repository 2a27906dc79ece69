/** What the operator does with a server that runs. */
@NullMarked
package dev.sallyport.operations;

import org.jspecify.annotations.NullMarked;
