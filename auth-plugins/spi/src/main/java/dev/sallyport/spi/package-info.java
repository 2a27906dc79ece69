/**
 * What an authentication plugin implements: who may log in, with which key or second factor, and
 * under which restrictions. JDK types only: a plugin never sees the SSH library or the server.
 */
@NullMarked
package dev.sallyport.spi;

import org.jspecify.annotations.NullMarked;
