/**
 * What tests of sources, channels and sinks share: {@link org.millrace.testkit.channel.ChannelContract}, which every channel
 * passes; {@link org.millrace.testkit.Batches} to make events and read them back; a clock, an inlet and a channel to stand in for the real ones.
 */
@NullMarked
package org.millrace.testkit;

import org.jspecify.annotations.NullMarked;
