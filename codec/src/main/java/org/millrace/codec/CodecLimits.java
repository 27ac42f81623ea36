package org.millrace.codec;

/**
 * What one peer may ask of us. Each is checked before memory is set aside.
 *
 * @param maxFrameBytes payload bytes of one frame, all its buffers together
 * @param maxFrameBuffers buffers one frame may be cut into; Flume cuts every 8192 bytes
 * @param maxBatchEvents events in one {@code appendBatch}
 * @param maxHeaderBytes encoded bytes of one event's header map
 * @param maxInflateRatio bytes that one compressed byte may become, over the whole connection once 1 MiB has come out
 */
public record CodecLimits(
        int maxFrameBytes, int maxFrameBuffers, int maxBatchEvents, int maxHeaderBytes, int maxInflateRatio) {
    /** 128 MiB frames, a million events a batch, 1 MiB of headers an event, 1:250. */
    public static final CodecLimits DEFAULT = new CodecLimits(128 << 20, 1 << 20, 1_000_000, 1 << 20, 250);

    public CodecLimits {
        requirePositive("maxFrameBytes", maxFrameBytes);
        requirePositive("maxFrameBuffers", maxFrameBuffers);
        requirePositive("maxBatchEvents", maxBatchEvents);
        requirePositive("maxHeaderBytes", maxHeaderBytes);
        requirePositive("maxInflateRatio", maxInflateRatio);
    }

    private static void requirePositive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0)");
        }
    }
}
