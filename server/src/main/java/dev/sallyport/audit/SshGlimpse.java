package dev.sallyport.audit;

/**
 * The unencrypted data of one side of an SSH connection, before the key exchange.
 *
 * @param version the identification string (RFC 4253, section 4.2), as sent
 * @param hassh MD5 of its algorithms, in lower-case hexadecimal (<a
 *     href="https://github.com/salesforce/hassh">HASSH</a>); empty when its list was not seen
 */
public record SshGlimpse(String version, String hassh) {}
