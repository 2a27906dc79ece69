/**
 * Reports which files a session transferred and changed, by observing sftp and scp. The data is
 * only read, never changed or answered.
 */
@NullMarked
package dev.sallyport.recording.files;

import org.jspecify.annotations.NullMarked;
