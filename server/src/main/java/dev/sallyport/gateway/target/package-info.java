/**
 * The bastion's own SSH connection to a target: whether the target is who it should be, and how the
 * bastion logs in to it.
 */
@NullMarked
package dev.sallyport.gateway.target;

import org.jspecify.annotations.NullMarked;
