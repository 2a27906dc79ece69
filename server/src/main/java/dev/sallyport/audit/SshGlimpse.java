package dev.sallyport.audit;

/**
 * What one side of an SSH connection shows in the clear, before its keys are exchanged.
 *
 * @param version the identification string (RFC 4253, section 4.2), as it was sent
 * @param hassh MD5 of its algorithms, lower-case hexadecimal (<a
 *     href="https://github.com/salesforce/hassh">HASSH</a>); empty when its list was not seen
 */
public record SshGlimpse(String version, String hassh) {}
