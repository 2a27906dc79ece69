/**
 * The plugin {@code certificates}: OpenSSH user certificates (PROTOCOL.certkeys) of authorities
 * that the configuration trusts.
 */
@NullMarked
package dev.sallyport.plugins.certificates;

import org.jspecify.annotations.NullMarked;
