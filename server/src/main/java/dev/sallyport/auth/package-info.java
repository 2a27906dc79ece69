/** Decides who is calling, through the plugins, with one evaluator for every restriction. */
@NullMarked
package dev.sallyport.auth;

import org.jspecify.annotations.NullMarked;
