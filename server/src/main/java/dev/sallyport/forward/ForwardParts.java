package dev.sallyport.forward;

import dev.sallyport.audit.AuditLog;

/**
 * What all forwards share.
 *
 * @param descriptors file descriptors, of which every user has a share
 * @param dials how often every user may dial an address
 */
record ForwardParts(AuditLog audit, Descriptors descriptors, DialRates dials) {}
