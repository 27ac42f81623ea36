package org.millrace.listener;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.millrace.api.Inlet;

/**
 * Flushes the inlet once for all that one turn of an event loop has brought in, over all of its connections: so calls that arrive
 * together share a force of the disk. One for each event loop, and used by that alone.
 */
public final class InletFlush {
    private final Inlet inlet;
    private final EventLoop loop;

    private boolean isScheduled;

    public InletFlush(Inlet inlet, EventLoop loop) {
        this.inlet = inlet;
        this.loop = loop;
    }

    /** A batch was submitted and not flushed. */
    public void submitted() {
        if (isScheduled) {
            return;
        }
        isScheduled = true;
        try {
            loop.execute(this::flush); // behind the reads of this turn
        } catch (RejectedExecutionException e) { // its last turn
            flush();
        }
    }

    private void flush() {
        isScheduled = false;
        inlet.flush();
    }
}
