package org.millrace.durable;

import com.codahale.metrics.Counter;
import java.util.concurrent.locks.ReentrantLock;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelException;

/**
 * What a channel's readers share with it.
 *
 * @param lock the channel's
 * @param takeErrors events that could not be read
 * @param waitForPositions whether a commit of what was taken waits until the position is as safe as a put
 */
record ChannelParts(
        ChannelContext context,
        ChannelLimits limits,
        ReentrantLock lock,
        LogReaders readers,
        LogEntrance entrance,
        Counter takeErrors,
        boolean waitForPositions) {
    ChannelException closed() {
        return new ChannelException("channel " + context.name() + " is closed");
    }
}
