package org.millrace.thrift;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.millrace.api.Inlet;

/** Flushes the inlet once for all that a turn of an event loop brought in, over all its connections. Used by that loop alone. */
final class InletFlush {
    private final Inlet inlet;
    private final EventLoop loop;

    private boolean isScheduled;

    InletFlush(Inlet inlet, EventLoop loop) {
        this.inlet = inlet;
        this.loop = loop;
    }

    /** A batch was submitted and not flushed. */
    void submitted() {
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
