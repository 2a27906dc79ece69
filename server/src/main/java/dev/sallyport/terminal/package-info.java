/** Terminals: one tokenizer for ECMA-48 control functions, and a model of the screen. */
@NullMarked
package dev.sallyport.terminal;

import org.jspecify.annotations.NullMarked;
