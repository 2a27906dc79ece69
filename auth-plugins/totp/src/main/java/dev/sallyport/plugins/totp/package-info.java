/**
 * One-time codes as a second factor (TOTP, RFC 6238): who has one, in files that only the server
 * reads, and what it takes to pass.
 */
@NullMarked
package dev.sallyport.plugins.totp;

import org.jspecify.annotations.NullMarked;
