/**
 * The {@code file} channel: an ack means on disk. Start with {@link org.millrace.durable.DurableChannel}: puts go in through {@link
 * org.millrace.durable.LogEntrance}, readers take through {@link org.millrace.durable.Taking}, {@link org.millrace.durable.Backlog} knows
 * what is there. The log itself is in {@link org.millrace.durable.log}.
 */
@NullMarked
package org.millrace.durable;

import org.jspecify.annotations.NullMarked;
