package dev.sallyport.support.reports;

/**
 * Something for the operator to mend.
 *
 * @param where a path, or a path and the number of a line
 * @param what what is wrong there and what follows from it
 */
public record Fault(String where, String what) {}
