/**
 * The account of the memory that clients and targets can make the process keep, and users' shares
 * of it.
 */
@NullMarked
package dev.sallyport.memory;

import org.jspecify.annotations.NullMarked;
