/**
 * Tells which files a session carried and changed, from the bytes of sftp and scp as they pass.
 * Reads only: no byte is changed, held back or answered here.
 */
@NullMarked
package dev.sallyport.recording.files;

import org.jspecify.annotations.NullMarked;
