/** The plugin {@code ldap}: keys and groups from an LDAP directory, over TLS. */
@NullMarked
package dev.sallyport.plugins.ldap;

import org.jspecify.annotations.NullMarked;
