package dev.sallyport.auth;

import dev.sallyport.spi.Verdict;

/**
 * A plugin's acceptance of a key.
 *
 * @param by the plugin
 * @param accepted its verdict
 */
public record Claim(ConfiguredPlugin by, Verdict.Accepted accepted) {}
