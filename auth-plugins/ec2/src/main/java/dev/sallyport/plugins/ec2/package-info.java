/**
 * The plugin {@code ec2}: what the instance metadata service of EC2 knows: the launch key pair, the
 * keys of EC2 Instance Connect, and the networks of the VPC.
 */
@NullMarked
package dev.sallyport.plugins.ec2;

import org.jspecify.annotations.NullMarked;
