/** The durable event log in OCSF. The event of a grant is on disk before the grant is confirmed. */
@NullMarked
package dev.sallyport.audit;

import org.jspecify.annotations.NullMarked;
