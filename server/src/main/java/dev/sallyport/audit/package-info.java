/** The durable event log: what happened, in OCSF, on disk before anybody hears yes. */
@NullMarked
package dev.sallyport.audit;

import org.jspecify.annotations.NullMarked;
