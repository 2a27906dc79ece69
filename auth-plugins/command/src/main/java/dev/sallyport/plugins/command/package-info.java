/** The plugin {@code command}: an administrator's own program says which keys a user has. */
@NullMarked
package dev.sallyport.plugins.command;

import org.jspecify.annotations.NullMarked;
