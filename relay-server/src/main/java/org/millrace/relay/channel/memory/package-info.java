/**
 * The channel that keeps events in memory: fast, and empty after a restart. Start with {@link
 * org.millrace.relay.channel.memory.MemoryChannel}; {@link org.millrace.relay.channel.memory.Room} says what fits, {@link
 * org.millrace.api.support.PutGate} what happens to what does not.
 */
@NullMarked
package org.millrace.relay.channel.memory;

import org.jspecify.annotations.NullMarked;
