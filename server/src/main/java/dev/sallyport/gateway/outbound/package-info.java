/**
 * The bastion's own SSH connection to a target: how it verifies the target's host key, and how it
 * logs in.
 */
@NullMarked
package dev.sallyport.gateway.outbound;

import org.jspecify.annotations.NullMarked;
