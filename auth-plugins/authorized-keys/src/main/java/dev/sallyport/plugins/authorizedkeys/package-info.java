/**
 * The plugin {@code authorized-keys}: public keys from files in the format that sshd(8) describes
 * under "AUTHORIZED_KEYS FILE FORMAT".
 */
@NullMarked
package dev.sallyport.plugins.authorizedkeys;

import org.jspecify.annotations.NullMarked;
