package org.millrace.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.millrace.codec.BatchBuffers;
import org.millrace.codec.BatchMemory;
import org.millrace.codec.BatchScanner;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;
import org.millrace.codec.HeaderEdit;
import org.millrace.codec.HeaderName;
import org.millrace.codec.Varints;
import org.millrace.codec.frame.AvroFrame;
import org.millrace.codec.frame.AvroFrameDecoder;
import org.millrace.codec.frame.AvroFrameWriter;
import org.millrace.codec.frame.ReceiveBudget;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What an event costs on its way in: its frame put together, its boundaries found, a header looked up or set; and what it would
 * cost to have Avro's own library decode it. All of a batch of 100 events with three headers and a body of 512 bytes; the time is
 * that of one event.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CodecBenchmark {
    private static final int EVENTS = 100;
    private static final int BODY_BYTES = 512;
    private static final int CUT_BYTES = 8192;
    private static final HeaderName LAST = HeaderName.of("tenant");
    private static final Schema SCHEMA = new Schema.Parser().parse("""
            {"type":"array","items":{"type":"record","name":"AvroFlumeEvent","fields":[
            {"name":"headers","type":{"type":"map","values":"string"}},{"name":"body","type":"bytes"}]}}""");

    private final EventBatch batch = batch();
    private final byte[] array = arrayOf(batch);
    private final ByteBuf heapArray = BatchMemory.allocate(array.length).writeBytes(array);
    private final ByteBuf frame = frameOf(array);
    private final BatchScanner scanner = new BatchScanner(CodecLimits.DEFAULT);
    private final EmbeddedChannel connection = new EmbeddedChannel(
            new AvroFrameDecoder(CodecLimits.DEFAULT, new ReceiveBudget(1 << 20)), new ScanningHandler());
    private final List<HeaderEdit> oneEdit = List.of(new HeaderEdit(HeaderName.of("datacenter"), "eu-west", true));
    private final List<HeaderEdit> threeEdits = List.of(
            new HeaderEdit(HeaderName.of("datacenter"), "eu-west", true),
            new HeaderEdit(HeaderName.of("timestamp"), "1800000000000", false),
            new HeaderEdit(HeaderName.of("collector"), "10.0.0.1", false));
    private final GenericDatumReader<Object> avro = new GenericDatumReader<>(SCHEMA);

    @TearDown
    public void close() {
        connection.finishAndReleaseAll();
        batch.release();
        heapArray.release();
        frame.release();
    }

    /** From the socket's buffer to a batch: the copy, and the walk over every event. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void receive() {
        connection.pipeline().fireChannelRead(frame.retainedDuplicate());
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public int scan() {
        EventBatch scanned = scanner.scanArray(heapArray.retainedDuplicate());
        int events = scanned.events();
        scanned.release();
        return events;
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public int lookUpHeader() {
        EventReader event = batch.reader();
        int found = 0;
        while (event.next()) {
            if (event.header(LAST) != null) {
                found++;
            }
        }
        return found;
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void addHeader() {
        HeaderEdit.apply(oneEdit, batch.retain()).release();
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void setThreeHeaders() {
        HeaderEdit.apply(threeEdits, batch.retain()).release();
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public Object decodeWithAvro() throws IOException {
        return avro.read(null, DecoderFactory.get().binaryDecoder(array, null));
    }

    private static final class ScanningHandler extends ChannelInboundHandlerAdapter {
        private final BatchScanner scanner = new BatchScanner(CodecLimits.DEFAULT);

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            scanner.scanArray(((AvroFrame) frame).content()).release();
        }
    }

    private static EventBatch batch() {
        byte[] body = new byte[BODY_BYTES];
        Arrays.fill(body, (byte) 'x');
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (int i = 0; i < EVENTS; i++) {
                builder.add(
                        Map.of("timestamp", "1700000000000", "host", "web-042.dc1", "tenant", "access_log_1"), body);
            }
            return builder.build();
        }
    }

    private static byte[] arrayOf(EventBatch batch) {
        ByteBuf out = Unpooled.buffer();
        Varints.write(out, batch.events());
        ByteBuf events = BatchBuffers.retainedBytes(batch);
        out.writeBytes(events).writeByte(0);
        events.release();
        return Arrays.copyOf(out.array(), out.readableBytes());
    }

    /** Direct memory, as a socket's, and cut as Flume's client cuts. */
    private static ByteBuf frameOf(byte[] payload) {
        ByteBuf out = Unpooled.directBuffer();
        AvroFrameWriter.writeHeader(out, 1, (payload.length + CUT_BYTES - 1) / CUT_BYTES);
        for (int from = 0; from < payload.length; from += CUT_BYTES) {
            AvroFrameWriter.writeBuffer(
                    out, Arrays.copyOfRange(payload, from, Math.min(payload.length, from + CUT_BYTES)));
        }
        return out;
    }
}
