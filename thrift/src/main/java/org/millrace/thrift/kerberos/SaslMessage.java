package org.millrace.thrift.kerberos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.apache.thrift.transport.sasl.NegotiationStatus;
import org.apache.thrift.transport.sasl.TSaslNegotiationException;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.MalformedException;

/**
 * One step of the handshake that Thrift has for SASL:
 *
 * <pre>byte status, int length, length bytes
 *
 *client: START "GSSAPI", OK ticket;  server: OK what it offers
 *client: COMPLETE what it takes;     server: COMPLETE</pre>
 *
 * Only who could read the ticket can sign the offer: so the client knows the server, too. A client that asks for more proof of it gets that in
 * a step in between. Either end may say BAD or ERROR instead, with the reason in words, and close. Behind the last COMPLETE come calls and answers, each as a
 * length and so many bytes, as without SASL.
 */
final class SaslMessage {
    static final String MECHANISM = "GSSAPI";

    static final int HEADER_BYTES = Byte.BYTES + Integer.BYTES;

    /** A ticket of a directory that lists the groups of its users has tens of kilobytes; no directory makes one of more than 64. */
    static final int MOST_PAYLOAD_BYTES = 96 << 10;

    private static final int MOST_REASON_CHARS = 200;

    private final NegotiationStatus status;
    private final byte[] payload;

    /** @param payload not to be changed */
    SaslMessage(NegotiationStatus status, byte[] payload) {
        this.status = status;
        this.payload = payload;
    }

    static SaslMessage of(NegotiationStatus status, String payload) {
        return new SaslMessage(status, payload.getBytes(UTF_8));
    }

    /**
     * Takes the next one out of what has come.
     *
     * @return null if it has not come whole
     * @throws MalformedException if what has come begins none, or a longer one than is taken
     */
    static @Nullable SaslMessage next(ByteBuf in) {
        if (!in.isReadable()) {
            return null;
        }
        NegotiationStatus status = status(in.getByte(in.readerIndex()));
        if (in.readableBytes() < HEADER_BYTES) {
            return null;
        }
        int length = checked(in.getInt(in.readerIndex() + Byte.BYTES));
        if (in.readableBytes() < HEADER_BYTES + length) {
            return null;
        }
        in.skipBytes(HEADER_BYTES);
        byte[] payload = new byte[length];
        in.readBytes(payload);
        return new SaslMessage(status, payload);
    }

    /** The length in a header that has come whole, of a payload that has not. */
    static int payloadBytes(ByteBuf header) {
        status(header.getByte(header.readerIndex()));
        return checked(header.getInt(header.readerIndex() + Byte.BYTES));
    }

    private static NegotiationStatus status(byte number) {
        try {
            return NegotiationStatus.byValue(number);
        } catch (TSaslNegotiationException e) {
            throw new MalformedException(
                    "a first byte of " + number + " (expected: 1 to 5, as the handshake of Kerberos begins)");
        }
    }

    private static int checked(int length) {
        if (length < 0 || length > MOST_PAYLOAD_BYTES) {
            throw new MalformedException("a part of the handshake of Kerberos of " + length + " bytes (expected: 0 to "
                    + MOST_PAYLOAD_BYTES + ")");
        }
        return length;
    }

    /** As it goes over the wire; the caller's. */
    ByteBuf encoded() {
        return Unpooled.buffer(HEADER_BYTES + payload.length)
                .writeByte(status.getValue())
                .writeInt(payload.length)
                .writeBytes(payload);
    }

    NegotiationStatus status() {
        return status;
    }

    /** Not to be changed. */
    byte[] payload() {
        return payload;
    }

    /** True if the other end gives up. */
    boolean isRefusal() {
        return status == NegotiationStatus.BAD || status == NegotiationStatus.ERROR;
    }

    /** True if it brings a token. */
    boolean isStep() {
        return status == NegotiationStatus.OK || status == NegotiationStatus.COMPLETE;
    }

    /** The payload as text of the other end's that may be shown. */
    String words() {
        String text = new String(payload, UTF_8);
        String shown = text.length() > MOST_REASON_CHARS ? text.substring(0, MOST_REASON_CHARS) + "..." : text;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
