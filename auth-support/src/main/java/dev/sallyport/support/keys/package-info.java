/** Keys, certificates and revocation lists, in OpenSSH's formats. */
@NullMarked
package dev.sallyport.support.keys;

import org.jspecify.annotations.NullMarked;
