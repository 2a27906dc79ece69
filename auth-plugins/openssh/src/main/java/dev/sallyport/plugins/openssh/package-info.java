/**
 * What several plugins read: keys, and lists of them with options, as OpenSSH writes them, and
 * files that nobody but the operator can change.
 */
@NullMarked
package dev.sallyport.plugins.openssh;

import org.jspecify.annotations.NullMarked;
