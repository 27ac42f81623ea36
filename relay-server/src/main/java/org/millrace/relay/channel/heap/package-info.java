/**
 * What the channels share that hold events in memory: how much fits, how much is there, and what their one lock guards. Start with {@link
 * org.millrace.relay.channel.heap.ChannelLock}.
 */
@NullMarked
package org.millrace.relay.channel.heap;

import org.jspecify.annotations.NullMarked;
