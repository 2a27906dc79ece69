/** Files that nobody but the operator can change, and files that nobody else can read. */
@NullMarked
package dev.sallyport.support.files;

import org.jspecify.annotations.NullMarked;
