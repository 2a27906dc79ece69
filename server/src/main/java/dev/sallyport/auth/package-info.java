/** Authenticates users through the plugins, and evaluates all restrictions of their keys. */
@NullMarked
package dev.sallyport.auth;

import org.jspecify.annotations.NullMarked;
