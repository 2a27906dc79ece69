/**
 * The gateway command and the gateway prompt, with which a user opens sessions on targets from the
 * bastion itself. Works on plain streams.
 */
@NullMarked
package dev.sallyport.gateway.prompt;

import org.jspecify.annotations.NullMarked;
