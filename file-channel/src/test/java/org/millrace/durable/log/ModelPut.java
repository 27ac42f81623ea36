package org.millrace.durable.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.millrace.api.ChannelException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;
import org.millrace.codec.HeaderName;
import org.millrace.codec.Origin;
import org.millrace.durable.format.SeenEvents;
import org.millrace.testkit.ReleaseCheck;

/** A put of a model test, and what has become of it. Its events tell whose they are. */
final class ModelPut implements Append {
    /** What may become of it in a crash, and whether it may be read. */
    enum Fate {
        /** Neither acked nor refused. */
        IN_FLIGHT,
        ACKED,
        /** It was in flight when there was a crash, or was refused because the disk failed: it may be found after one. */
        UNCERTAIN,
        /** Never to be seen again. */
        REFUSED
    }

    /** Who is told of what becomes of it. */
    interface Owner {
        void durable(ModelPut put, long firstSequence);

        void failed(ModelPut put, ChannelException why);
    }

    /** Who numbers the events of all puts, in their order. */
    static final UUID SENDER = new UUID(5, 6);

    private static final HeaderName NUMBER = HeaderName.of("put");

    private final int number;
    private final long senderSequence;
    private final Owner owner;
    private final List<EventBatch> batches = new ArrayList<>();
    private final byte[] encoded;
    /** Where each event starts in {@code encoded}, and where the last one ends. */
    private final int[] starts;

    private final int bodyBytes;

    private Fate fate = Fate.IN_FLIGHT;
    private long firstSequence = -1;

    /** @param senderSequence of its first event */
    ModelPut(int number, long senderSequence, ModelStep.Put put, Owner owner, ReleaseCheck releases) {
        this.number = number;
        this.senderSequence = senderSequence;
        this.owner = owner;
        int bytes = 0;
        long bodies = 0;
        for (int i = 0; i < put.batches(); i++) {
            EventBatch batch = releases.watch(batch(i, put));
            batches.add(batch);
            bytes += batch.encodedBytes();
            bodies += batch.bodyBytes();
        }
        bodyBytes = (int) bodies;
        ByteBuffer all = ByteBuffer.allocate(bytes);
        batches.forEach(batch -> batch.copyTo(all));
        encoded = all.array();
        starts = new int[put.batches() * put.events() + 1];
        int event = 0;
        for (EventBatch batch : batches) {
            EventReader reader = batch.reader();
            while (reader.next()) {
                starts[event + 1] = starts[event] + reader.encodedBytes();
                event++;
            }
        }
    }

    private EventBatch batch(int batch, ModelStep.Put put) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (int i = 0; i < put.events(); i++) {
                byte[] body = new byte[i % 3 == 0 ? put.bodyBytes() : put.bodyBytes() / (i % 7 + 1)];
                Arrays.fill(body, (byte) (number * 31 + batch * 7 + i));
                builder.add(Map.of(NUMBER.toString(), Integer.toString(number)), body);
            }
            return builder.build();
        }
    }

    /** The number of the put whose events these are. */
    static int numberOf(EventBatch batch) {
        EventReader event = batch.reader();
        if (!event.next()) {
            throw new AssertionError("a batch without an event was read");
        }
        String number = event.header(NUMBER);
        if (number == null) {
            throw new AssertionError("an event was invented: " + event.headers());
        }
        return Integer.parseInt(number);
    }

    /** Whether the batch is these events of the put, byte by byte. */
    boolean hasAt(long sequence, EventBatch batch) {
        int from = (int) (sequence - firstSequence);
        int to = from + batch.events();
        if (from < 0 || to > events() || batch.encodedBytes() != starts[to] - starts[from]) {
            return false;
        }
        ByteBuffer read = ByteBuffer.allocate(batch.encodedBytes());
        batch.copyTo(read);
        return Arrays.equals(read.array(), 0, read.position(), encoded, starts[from], starts[to]);
    }

    int number() {
        return number;
    }

    Fate fate() {
        return fate;
    }

    void fate(Fate next) {
        fate = next;
    }

    /** It stands in the log from here on. */
    void foundAt(long sequence) {
        firstSequence = sequence;
    }

    long firstSequence() {
        return firstSequence;
    }

    long endSequence() {
        return firstSequence + events();
    }

    /** Gives the batches back, once. */
    void release() {
        batches.forEach(EventBatch::release);
        batches.clear();
    }

    @Override
    public List<EventBatch> batches() {
        return batches;
    }

    @Override
    public int events() {
        return starts.length - 1;
    }

    @Override
    public Origin origin() {
        return new Origin(SENDER, senderSequence);
    }

    /** Whether events of it would be answered and not stored if they were sent again. */
    boolean isKnown(SeenEvents seen) {
        return seen.knownUntil(SENDER, senderSequence) > senderSequence
                || seen.nextKnown(SENDER, senderSequence) < senderSequence + events();
    }

    @Override
    public int encodedBytes() {
        return encoded.length;
    }

    @Override
    public int bodyBytes() {
        return bodyBytes;
    }

    @Override
    public void durable(long sequence) {
        owner.durable(this, sequence);
    }

    @Override
    public void failed(ChannelException why) {
        owner.failed(this, why);
    }

    @Override
    public String toString() {
        return "put " + number + " (" + events() + " events, " + encodedBytes() + " bytes, " + fate
                + (firstSequence < 0 ? "" : " at " + firstSequence) + ")";
    }
}
