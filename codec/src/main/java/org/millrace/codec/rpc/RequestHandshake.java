package org.millrace.codec.rpc;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.millrace.codec.Varints;

/** What the asking side says first on a connection: an Avro {@code HandshakeRequest}. */
final class RequestHandshake {
    /** The hash that every Flume peer knows the protocol by. Nobody checks that a text has the hash it comes with. */
    private static final byte[] FLUME_HASH = HexFormat.of().parseHex("86aadae2c45474c0fe93ffd0f2350a65");

    private static final String PROTOCOL = "{\"protocol\":\"AvroSourceProtocol\","
            + "\"namespace\":\"org.apache.flume.source.avro\",\"types\":["
            + "{\"type\":\"enum\",\"name\":\"Status\",\"symbols\":[\"OK\",\"FAILED\",\"UNKNOWN\"]},"
            + "{\"type\":\"record\",\"name\":\"AvroFlumeEvent\",\"fields\":["
            + "{\"name\":\"headers\",\"type\":{\"type\":\"map\",\"values\":\"string\"}},"
            + "{\"name\":\"body\",\"type\":\"bytes\"}]}],\"messages\":{"
            + "\"append\":{\"request\":[{\"name\":\"event\",\"type\":\"AvroFlumeEvent\"}],\"response\":\"Status\"},"
            + "\"appendBatch\":{\"request\":[{\"name\":\"events\",\"type\":{\"type\":\"array\",\"items\":\"AvroFlumeEvent\"}}],"
            + "\"response\":\"Status\"}}}";

    private static final byte[] PROTOCOL_UTF8 = PROTOCOL.getBytes(StandardCharsets.UTF_8);

    private RequestHandshake() {}

    /** The hash to assume of a peer that told none. */
    static byte[] flumeHash() {
        return FLUME_HASH.clone();
    }

    /** The first try: both sides' hash, no text. Every Flume peer answers it with BOTH. */
    static void write(ByteBuf out) {
        out.writeBytes(FLUME_HASH);
        out.writeByte(0); // clientProtocol: null
        out.writeBytes(FLUME_HASH);
        writeEmptyMeta(out);
    }

    /** The second try, after the peer answered NONE: our text, and the hash that the peer told of itself. */
    static void writeWithText(ByteBuf out, byte[] serverHash) {
        out.writeBytes(FLUME_HASH);
        Varints.write(out, 1); // clientProtocol: a text
        Varints.write(out, PROTOCOL_UTF8.length);
        out.writeBytes(PROTOCOL_UTF8);
        out.writeBytes(serverHash);
        writeEmptyMeta(out);
    }

    private static void writeEmptyMeta(ByteBuf out) {
        Varints.write(out, 1); // meta: a map, as Flume sends it
        out.writeByte(0);
    }
}
