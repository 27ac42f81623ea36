package org.millrace.thrift;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMap;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.EventBatch;
import org.millrace.codec.MalformedException;
import org.millrace.testkit.Batches;

/** Calls written and read, in both protocols, good ones and bad ones. */
class CallsTest {
    private static final CodecLimits LIMITS = new CodecLimits(100_000, 1, 50, 200, 100);

    private final List<EventBatch> batches = new ArrayList<>();

    @AfterEach
    void release() {
        batches.forEach(EventBatch::release);
    }

    @ParameterizedTest
    @EnumSource(WireProtocol.class)
    void whatIsWrittenIsReadAgain(WireProtocol protocol) {
        EventBatch first = batch(Map.of("host", "wéb01", "", ""), "one");
        EventBatch second = batch(Map.of(), "");

        List<Call> calls = readAll(protocol, write(protocol, 1 << 20, List.of(first, second)));

        assertThat(calls).hasSize(1);
        Call.Append call = (Call.Append) calls.get(0);
        assertThat(call.method()).isEqualTo("appendBatch");
        assertThat(call.serial()).isEqualTo(1);
        assertThat(Batches.bodies(call.batch())).containsExactly("one", "");
        assertThat(Batches.headers(call.batch())).containsExactly(Map.of("host", "wéb01", "", ""), Map.of());
    }

    @ParameterizedTest
    @EnumSource(WireProtocol.class)
    void batchThatIsTooLongForACallIsSentInSeveral(WireProtocol protocol) {
        EventBatch batch = Batches.sized(10, 400);
        batches.add(batch);

        List<Call> calls = readAll(protocol, write(protocol, 1024, List.of(batch)));

        assertThat(calls).extracting(Call::serial).containsExactly(1, 2, 3, 4, 5);
        assertThat(calls)
                .allSatisfy(call ->
                        assertThat(((Call.Append) call).batch().events()).isEqualTo(2));
    }

    @ParameterizedTest
    @EnumSource(WireProtocol.class)
    void eventThatIsLongerThanACallShouldBeGoesAlone(WireProtocol protocol) {
        EventBatch batch = Batches.sized(2, 4000);
        batches.add(batch);

        assertThat(readAll(protocol, write(protocol, 1024, List.of(batch)))).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(WireProtocol.class)
    void fieldsComeInAnyOrderAndOthersAreSkipped(WireProtocol protocol) {
        Call call = readOne(protocol, frame(protocol, "append", TMessageType.CALL, out -> {
            out.writeFieldBegin(new TField("unknown", TType.LIST, (short) 9));
            out.writeListBegin(new TList(TType.I64, 2));
            out.writeI64(1);
            out.writeI64(2);
            out.writeListEnd();
            out.writeFieldEnd();
            out.writeFieldBegin(new TField("event", TType.STRUCT, (short) 1));
            out.writeStructBegin(FlumeService.EVENT);
            body(out, "text");
            field(out, new TField("more", TType.BOOL, (short) 7), () -> out.writeBool(true));
            headers(out, 1, "k", "v");
            out.writeFieldStop();
            out.writeStructEnd();
            out.writeFieldEnd();
        }));

        EventBatch batch = ((Call.Append) call).batch();
        batches.add(batch);
        assertThat(((Call.Append) call).isBatch()).isFalse();
        assertThat(Batches.bodies(batch)).containsExactly("text");
        assertThat(Batches.headers(batch)).containsExactly(Map.of("k", "v"));
    }

    @ParameterizedTest
    @EnumSource(WireProtocol.class)
    void callThatMakesNoSenseIsRefusedWithWhatIsWrong(WireProtocol protocol) {
        assertRefused(protocol, "ping", TMessageType.CALL, out -> {}, 1, "Invalid method name: 'ping'");
        assertRefused(protocol, "append", TMessageType.REPLY, out -> {}, 2, "message type: 2 (expected: a call)");
        assertRefused(protocol, "append", TMessageType.CALL, out -> {}, 7, "arguments: without events");
        assertRefused(protocol, "append", TMessageType.CALL, event(out -> body(out, "b")), 7, "without its headers");
        assertRefused(protocol, "append", TMessageType.CALL, event(out -> headers(out, 0)), 7, "without its body");
        assertRefused(
                protocol,
                "append",
                TMessageType.CALL,
                event(out -> {
                    headers(out, 0);
                    headers(out, 0);
                }),
                7,
                "has its headers twice");
        assertRefused(
                protocol,
                "append",
                TMessageType.CALL,
                event(out -> event(more -> {}).accept(out)),
                7,
                "without its");
        assertRefused(
                protocol,
                "appendBatch",
                TMessageType.CALL,
                out -> field(out, FlumeService.EVENTS, () -> {
                    out.writeListBegin(new TList(TType.BYTE, 3));
                    out.writeI64(Long.MAX_VALUE);
                }),
                7,
                "of Thrift's type 3 (expected: 12, a struct)");
    }

    @ParameterizedTest
    @EnumSource(WireProtocol.class)
    void callOverALimitIsRefusedBeforeMemoryIsSetAside(WireProtocol protocol) {
        assertRefused(
                protocol,
                "appendBatch",
                TMessageType.CALL,
                out -> field(out, FlumeService.EVENTS, () -> {
                    out.writeListBegin(new TList(TType.STRUCT, 51));
                    out.writeString("x".repeat(100));
                }),
                7,
                "maxBatchEvents: 51 (expected: at most 50)");
        assertRefused(
                protocol,
                "append",
                TMessageType.CALL,
                event(out -> headers(out, 1, "k", "v".repeat(300))),
                7,
                "maxHeaderBytes: 305 (expected: at most 200)");
        assertRefused(protocol, "append", TMessageType.CALL, event(out -> headers(out, 1_000_000_000)), 7, "append: ");
        assertRefused(
                protocol,
                "append",
                TMessageType.CALL,
                out -> field(out, new TField("f", TType.LIST, (short) 5), () -> {
                    out.writeListBegin(new TList(TType.STRUCT, Integer.MAX_VALUE));
                }),
                7,
                "append: ");
    }

    @ParameterizedTest
    @EnumSource(WireProtocol.class)
    void structuresInEachOtherWithoutEndAreRefused(WireProtocol protocol) {
        assertRefused(
                protocol,
                "append",
                TMessageType.CALL,
                out -> {
                    for (int depth = 0; depth < 20_000; depth++) {
                        out.writeFieldBegin(new TField("f", TType.STRUCT, (short) 5));
                        out.writeStructBegin(new TStruct("s"));
                    }
                },
                7,
                "append: Maximum skip depth exceeded");
    }

    @ParameterizedTest
    @EnumSource(WireProtocol.class)
    void callThatIsCutAnywhereIsRefused(WireProtocol protocol) {
        byte[] whole = write(protocol, 1 << 20, List.of(batch(Map.of("host", "w", "k", "v"), "a body")));
        for (int length = 5; length < whole.length; length++) {
            assertThat(outcome(protocol, Arrays.copyOfRange(whole, 4, length)))
                    .as("cut to %d bytes", length)
                    .startsWith("refused");
        }
    }

    @ParameterizedTest
    @EnumSource(WireProtocol.class)
    void changedBytesAreReadOrRefusedAndNothingElse(WireProtocol protocol) {
        byte[] whole = write(protocol, 1 << 20, List.of(batch(Map.of("host", "w", "k", "v"), "a body")));
        byte[] frame = Arrays.copyOfRange(whole, 4, whole.length);
        Random random = new Random(11);
        Map<String, Integer> outcomes = new HashMap<>();
        for (int round = 0; round < 1_000; round++) {
            byte[] changed = frame.clone();
            for (int change = 0; change <= random.nextInt(4); change++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            outcomes.merge(outcome(protocol, changed).split(" ")[0], 1, Integer::sum);
        }
        assertThat(outcomes.keySet()).containsExactlyInAnyOrder("read", "refused");
    }

    @ParameterizedTest
    @EnumSource(WireProtocol.class)
    void nameOfAMethodIsBounded(WireProtocol protocol) {
        byte[] frame = frame(protocol, "x".repeat(5000), TMessageType.CALL, out -> {});

        assertThat(outcome(protocol, frame)).startsWith("refused the frame: ");
    }

    private interface Part {
        void accept(TProtocol out) throws TException;
    }

    private interface Writing {
        void run() throws TException;
    }

    private static Part event(Part fields) {
        return out -> field(out, new TField("event", TType.STRUCT, (short) 1), () -> {
            out.writeStructBegin(FlumeService.EVENT);
            fields.accept(out);
            out.writeFieldStop();
            out.writeStructEnd();
        });
    }

    private static void headers(TProtocol out, int size, String... keysAndValues) throws TException {
        field(out, FlumeService.HEADERS, () -> {
            out.writeMapBegin(new TMap(TType.STRING, TType.STRING, size));
            for (String text : keysAndValues) {
                out.writeString(text);
            }
            out.writeMapEnd();
        });
    }

    private static void body(TProtocol out, String text) throws TException {
        field(out, FlumeService.BODY, () -> out.writeString(text));
    }

    private static void field(TProtocol out, TField field, Writing value) throws TException {
        out.writeFieldBegin(field);
        value.run();
        out.writeFieldEnd();
    }

    private static byte[] frame(WireProtocol protocol, String method, byte type, Part fields) {
        ByteBuf buffer = Unpooled.buffer();
        FrameOutput frame = new FrameOutput(buffer);
        TProtocol out = protocol.over(frame);
        try {
            out.writeMessageBegin(new TMessage(method, type, 77));
            out.writeStructBegin(FlumeService.BATCH_ARGUMENTS);
            fields.accept(out);
            out.writeFieldStop();
            out.writeStructEnd();
            out.writeMessageEnd();
        } catch (TException e) {
            throw new AssertionError(e);
        }
        byte[] bytes = new byte[frame.bytes()];
        buffer.skipBytes(4).readBytes(bytes);
        return bytes;
    }

    private void assertRefused(
            WireProtocol protocol, String method, byte type, Part fields, int exceptionType, String why) {
        Call.Refused refused = (Call.Refused) readOne(protocol, frame(protocol, method, type, fields));
        assertThat(refused.method()).isEqualTo(method);
        assertThat(refused.serial()).isEqualTo(77);
        assertThat(refused.exceptionType()).isEqualTo(exceptionType);
        assertThat(refused.reason()).hasMessageContaining(why);
    }

    private EventBatch batch(Map<String, String> headers, String body) {
        EventBatch batch = Batches.of(headers, body);
        batches.add(batch);
        return batch;
    }

    private static byte[] write(WireProtocol protocol, int maxCallBytes, List<EventBatch> batches) {
        ByteBuf out = Unpooled.buffer();
        new CallWriter(protocol, maxCallBytes).write(batches, out);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private List<Call> readAll(WireProtocol protocol, byte[] frames) {
        List<Call> calls = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(frames);
        while (in.hasRemaining()) {
            byte[] frame = new byte[in.getInt()];
            in.get(frame);
            Call call = readOne(protocol, frame);
            batches.add(((Call.Append) call).batch());
            calls.add(call);
        }
        return calls;
    }

    private static Call readOne(WireProtocol protocol, byte[] frame) {
        try (CallReader reader = new CallReader(protocol, LIMITS)) {
            return reader.read(Unpooled.wrappedBuffer(frame));
        }
    }

    /** {@code read}, or {@code refused} and why. */
    private static String outcome(WireProtocol protocol, byte[] frame) {
        Consumer<EventBatch> check = batch -> assertThat(Batches.headers(batch)).hasSize(batch.events());
        try {
            Call call = readOne(protocol, frame);
            if (call instanceof Call.Append append) {
                check.accept(append.batch());
                append.batch().release();
                return "read";
            }
            return "refused " + ((Call.Refused) call).reason().getMessage();
        } catch (MalformedException e) {
            return "refused " + e.getMessage();
        }
    }
}
