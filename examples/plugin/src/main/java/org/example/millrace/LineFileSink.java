package org.example.millrace;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.millrace.api.BatchSized;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;

/** Its runner's thread alone calls {@link #drain}, again and again. */
final class LineFileSink implements Sink, BatchSized {
    private final SinkContext context;
    private final Path path;
    private final int batchEvents;
    private FileChannel file;

    LineFileSink(SinkContext context, Path path, int batchEvents) {
        this.context = context;
        this.path = path;
        this.batchEvents = batchEvents;
    }

    @Override
    public void start() throws StartException {
        try {
            file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new StartException("sink " + context.name() + ": cannot open " + path, e);
        }
        context.metrics().connectionsCreated.inc();
        context.metrics().started(context.clock().instant());
    }

    /** What is written is safe before the commit: to leave the transaction without it puts the events back. */
    @Override
    public Drain drain() throws DeliveryException, InterruptedException {
        try (Transaction transaction = context.channel().begin()) {
            EventBatch batch = transaction.take(batchEvents);
            context.metrics().batchTaken(batch == null ? 0 : batch.events(), batchEvents);
            if (batch == null) {
                return Drain.IDLE;
            }
            context.metrics().drainAttempts.inc(batch.events());
            append(linesOf(batch));
            transaction.commit();
            context.metrics().drainSuccesses.inc(batch.events());
            return Drain.DELIVERED;
        }
    }

    private static byte[] linesOf(EventBatch batch) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(batch.encodedBytes());
        EventReader event = batch.reader();
        while (event.next()) {
            lines.write(event.array(), event.bodyOffset(), event.bodyLength());
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    /** All of it or nothing, as far as the file allows: these events will come again. */
    private void append(byte[] lines) throws DeliveryException {
        try {
            long before = file.size();
            try {
                ByteBuffer left = ByteBuffer.wrap(lines);
                while (left.hasRemaining()) {
                    file.write(left);
                }
                file.force(false);
            } catch (IOException e) {
                file.truncate(before);
                throw e;
            }
        } catch (IOException e) {
            context.metrics().eventWriteFails.inc();
            throw new DeliveryException("cannot append to " + path, e);
        }
    }

    @Override
    public void close() {
        if (file == null) {
            return;
        }
        try {
            file.close();
        } catch (IOException e) {
            context.metrics().connectionsFailed.inc(); // nothing is lost: all that was committed is on the disk
        }
        file = null;
        context.metrics().connectionsClosed.inc();
        context.metrics().stopped(context.clock().instant());
    }

    @Override
    public int batchEvents() {
        return batchEvents;
    }

    @Override
    public String batchKey() {
        return "batch-size";
    }
}
