/**
 * The channel that holds events in memory, and on disk what has no room there: Flume's {@code SPILLABLEMEMORY}. Start reading at {@code
 * SpillableChannel}; {@code Runs} keeps the order across both, {@code SpillRoom} says which of them a put goes to.
 */
@NullMarked
package org.millrace.relay.channel.spill;

import org.jspecify.annotations.NullMarked;
