/** Flow control of one end of an SSH channel (RFC 4254, section 5.2), and refusals to open one. */
@NullMarked
package dev.sallyport.channel;

import org.jspecify.annotations.NullMarked;
