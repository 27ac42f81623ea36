package org.millrace.codec.rpc;

import java.util.Objects;
import org.apache.avro.Protocol;
import org.apache.avro.Schema;

/** The one protocol that all Flume peers speak, in our words. */
final class FlumeProtocol {
    /**
     * Sent to a peer that does not know ours. Its text is our own: no peer checks that it belongs to the hash, and so every Flume
     * peer, which knows the hash, needs no text at all.
     */
    static final String TEXT = """
            {"protocol":"AvroSourceProtocol","namespace":"org.apache.flume.source.avro","types":[\
            {"type":"enum","name":"Status","symbols":["OK","FAILED","UNKNOWN"]},\
            {"type":"record","name":"AvroFlumeEvent","fields":[\
            {"name":"headers","type":{"type":"map","values":"string"}},{"name":"body","type":"bytes"}]}],\
            "messages":{\
            "append":{"request":[{"name":"event","type":"AvroFlumeEvent"}],"response":"Status"},\
            "appendBatch":{"request":[{"name":"events","type":{"type":"array","items":"AvroFlumeEvent"}}],"response":"Status"}}}""";

    /** MD5 of Flume's own text of the protocol: the same in every release since 1.6. */
    private static final byte[] HASH = {
        (byte) 0x86,
        (byte) 0xaa,
        (byte) 0xda,
        (byte) 0xe2,
        (byte) 0xc4,
        0x54,
        0x74,
        (byte) 0xc0,
        (byte) 0xfe,
        (byte) 0x93,
        (byte) 0xff,
        (byte) 0xd0,
        (byte) 0xf2,
        0x35,
        0x0a,
        0x65
    };

    static final int HASH_BYTES = 16;

    private FlumeProtocol() {}

    /** Read only. */
    static byte[] hash() {
        return HASH;
    }

    /** What we read a message's parameters as. */
    static Schema requestSchema(RpcMessage message) {
        return Objects.requireNonNull(Parsed.PROTOCOL.getMessages().get(message.wireName()))
                .getRequest();
    }

    /** Only for peers whose protocol differs: most agents never load Avro's classes. */
    private static final class Parsed {
        static final Protocol PROTOCOL = Protocol.parse(TEXT);
    }
}
