/** Faults that the operator has to mend, reported once and not at every login. */
@NullMarked
package dev.sallyport.support.reports;

import org.jspecify.annotations.NullMarked;
