package dev.sallyport.support.keys;

import java.util.Optional;

/**
 * A critical option or an extension of a certificate.
 *
 * @param name any text
 * @param value what it says, any text; empty for one that only stands there, and none when its data
 *     is not one text, as extensions that OpenSSH does not know may have it
 */
record CertificateOption(String name, Optional<String> value) {}
