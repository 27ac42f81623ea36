/**
 * The {@code file} channel: an ack means on disk.
 */
@NullMarked
package org.millrace.durable;

import org.jspecify.annotations.NullMarked;
