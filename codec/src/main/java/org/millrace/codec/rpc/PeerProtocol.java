package org.millrace.codec.rpc;

import java.util.EnumMap;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Protocol;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.MalformedException;

/** How a peer writes the parameters of each message. Immutable. */
final class PeerProtocol {
    /** Writes them as we read them. */
    static final PeerProtocol FLUME =
            new PeerProtocol(Map.of(RpcMessage.APPEND, Params.OURS, RpcMessage.APPEND_BATCH, Params.OURS));

    private final Map<RpcMessage, Params> params;

    private PeerProtocol(Map<RpcMessage, Params> params) {
        this.params = params;
    }

    /** @throws MalformedException if the text is not a protocol */
    static PeerProtocol parse(String text) {
        Map<String, Protocol.Message> messages;
        try {
            messages = Protocol.parse(text).getMessages();
        } catch (AvroRuntimeException | StackOverflowError e) { // an Error: types nested deeper than any honest peer's
            throw new MalformedException("protocol text: " + e, e);
        }
        Map<RpcMessage, Params> params = new EnumMap<>(RpcMessage.class);
        for (RpcMessage message : RpcMessage.values()) {
            Protocol.Message theirs = messages.get(message.wireName());
            if (theirs != null) {
                params.put(message, paramsOf(message, theirs.getRequest()));
            }
        }
        return new PeerProtocol(params);
    }

    /** How the peer writes the message's parameters; null if its protocol has no such message. */
    @Nullable
    Params params(RpcMessage message) {
        return params.get(message);
    }

    private static Params paramsOf(RpcMessage message, Schema theirs) {
        Schema ours = FlumeProtocol.requestSchema(message);
        return isWrittenAlike(theirs, ours) ? Params.OURS : new Params(new ParamsResolver(message, theirs));
    }

    /** One parameter of the same name and of the same type, whatever its documentation. */
    private static boolean isWrittenAlike(Schema theirs, Schema ours) {
        return theirs.getFields().size() == 1
                && theirs.getFields()
                        .get(0)
                        .name()
                        .equals(ours.getFields().get(0).name())
                && canonicalParam(theirs).equals(canonicalParam(ours));
    }

    private static String canonicalParam(Schema request) {
        return SchemaNormalization.toParsingForm(request.getFields().get(0).schema());
    }

    /**
     * A way to read parameters.
     *
     * @param resolver null where they are written as we read them
     */
    record Params(@Nullable ParamsResolver resolver) {
        static final Params OURS = new Params(null);
    }
}
