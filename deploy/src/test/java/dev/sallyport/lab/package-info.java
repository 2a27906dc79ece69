/** The VPC laboratory: the image that people install, between stock clients and stock targets. */
@NullMarked
package dev.sallyport.lab;

import org.jspecify.annotations.NullMarked;
