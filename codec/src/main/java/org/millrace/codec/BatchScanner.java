package org.millrace.codec;

import io.netty.buffer.ByteBuf;

/**
 * Finds the boundaries of encoded events in bytes from outside, checks each length against what is there, and joins the blocks
 * of an array into the one run that an {@link EventBatch} is. No event is decoded. Format: Avro 1.12 specification, arrays and
 * maps in any number of blocks, a negative count followed by the block's size in bytes.
 *
 * <p>Not thread-safe; a connection has its own.
 */
public final class BatchScanner {
    private static final byte[] EMPTY = new byte[0];
    private static final String ARRAY = "array";
    private static final String HEADER_MAP = "header map";

    private final CodecLimits limits;

    private final WireReader in = new WireReader(EMPTY, 0, 0);

    private final EventSkimmer skimmer = new EventSkimmer();

    private long bodyBytes;

    /** Around the run of all events, in the array. */
    private int runStart;

    private int runEnd;

    public BatchScanner(CodecLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads the parameters of {@code appendBatch}, an array of events.
     *
     * @param bytes has an array; its readable bytes start with the Avro array; taken over, also on failure. Bytes behind the array
     *     are dropped, as Avro's own readers do
     * @throws MalformedException if the bytes are not what they should be
     */
    public EventBatch scanArray(ByteBuf bytes) {
        return scan(bytes, true);
    }

    /** Reads the parameter of {@code append}, a single event. Otherwise as {@link #scanArray}. */
    public EventBatch scanSingle(ByteBuf bytes) {
        return scan(bytes, false);
    }

    private EventBatch scan(ByteBuf bytes, boolean isArray) {
        boolean done = false;
        try {
            byte[] array = bytes.array();
            in.reset(array, bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes());
            bodyBytes = 0;
            int events = isArray ? scanBlocks(array) : scanOne(array);
            int base = bytes.arrayOffset();
            bytes.setIndex(runStart - base, runEnd - base);
            EventBatch batch = new EventBatch(bytes, events, bodyBytes);
            done = true;
            return batch;
        } finally {
            in.reset(EMPTY, 0, 0);
            if (!done) {
                bytes.release();
            }
        }
    }

    private int scanOne(byte[] array) {
        runStart = in.position();
        scanEvents(array, 1);
        runEnd = in.position();
        return 1;
    }

    private int scanBlocks(byte[] array) {
        int events = 0;
        int blockEvents;
        while ((blockEvents = in.readBlockCount(ARRAY)) != 0) {
            checkBatchEvents((long) events + blockEvents);
            int blockStart = in.position();
            int blockEnd = in.blockEnd();
            scanEvents(array, blockEvents);
            in.checkBlockEnd(ARRAY, blockEnd);
            joinToRun(array, blockStart, events == 0);
            events += blockEvents;
        }
        if (events == 0) {
            runStart = in.position();
            runEnd = runStart;
        }
        return events;
    }

    /** Lets the run of events end with the block just scanned. */
    private void joinToRun(byte[] array, int blockStart, boolean isFirst) {
        if (isFirst) {
            runStart = blockStart;
            runEnd = in.position();
        } else { // a rare second block: move it up to the first one
            int blockBytes = in.position() - blockStart;
            System.arraycopy(array, blockStart, array, runEnd, blockBytes);
            runEnd += blockBytes;
        }
    }

    private void scanEvents(byte[] array, int count) {
        int left = count;
        while (left > 0) {
            left -= skimPlain(array, left);
            if (left > 0) {
                scanEvent();
                left--;
            }
        }
    }

    private int skimPlain(byte[] array, int events) {
        int from = in.position();
        int done = skimmer.skim(array, from, from + in.remaining(), events, limits.maxHeaderBytes());
        in.skip(skimmer.position() - from);
        bodyBytes += skimmer.bodyBytes();
        return done;
    }

    private void scanEvent() {
        scanHeaders();
        int length = in.readLength("body");
        bodyBytes += length;
        in.skip(length);
    }

    private void scanHeaders() {
        int from = in.position();
        int entries;
        while ((entries = in.readBlockCount(HEADER_MAP)) != 0) {
            int blockEnd = in.blockEnd();
            for (int i = 0; i < entries; i++) {
                in.skip(in.readLength("header name"));
                in.skip(in.readLength("header value"));
            }
            in.checkBlockEnd(HEADER_MAP, blockEnd);
        }
        int headerBytes = in.position() - from;
        if (headerBytes > limits.maxHeaderBytes()) {
            throw new LimitExceededException("maxHeaderBytes", headerBytes, limits.maxHeaderBytes());
        }
    }

    private void checkBatchEvents(long events) {
        if (events > limits.maxBatchEvents()) {
            throw new LimitExceededException("maxBatchEvents", events, limits.maxBatchEvents());
        }
    }
}
