package org.millrace.durable.log;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.Timer;
import java.util.concurrent.TimeUnit;
import org.millrace.api.ChannelMetrics;

/** Figures of writing. */
final class WriteMetrics {
    final Counter ioErrors;
    final Counter rolls;
    final Counter failedPuts;

    private final Histogram groupBytes;
    private final Histogram groupRecords;
    private final Timer write;
    private final Timer force;

    WriteMetrics(ChannelMetrics metrics) {
        ioErrors = metrics.counter("ioErrors");
        rolls = metrics.counter("rolls");
        failedPuts = metrics.counter("failedPuts");
        groupBytes = metrics.histogram("groupBytes");
        groupRecords = metrics.histogram("groupRecords");
        write = metrics.timer("write");
        force = metrics.timer("force");
    }

    void written(GroupBuffer group, long nanos) {
        groupBytes.update(group.usedBytes());
        groupRecords.update(group.records());
        write.update(nanos, TimeUnit.NANOSECONDS);
    }

    void forced(long nanos) {
        force.update(nanos, TimeUnit.NANOSECONDS);
    }
}
