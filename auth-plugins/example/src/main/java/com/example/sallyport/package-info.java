/** A plugin to copy: see the README of {@code auth-plugins}. */
@NullMarked
package com.example.sallyport;

import org.jspecify.annotations.NullMarked;
