package dev.sallyport.auth;

import dev.sallyport.spi.Verdict;

/**
 * A key that a plugin spoke for.
 *
 * @param by the plugin
 * @param accepted what it said
 */
public record Claim(ConfiguredPlugin by, Verdict.Accepted accepted) {}
