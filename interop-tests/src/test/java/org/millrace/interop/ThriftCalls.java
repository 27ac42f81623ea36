package org.millrace.interop;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.millrace.testkit.PatientAwaits;

/** Calls of Flume's Thrift service in the binary protocol, made byte by byte: no library of either side has a part in them. */
public final class ThriftCalls {
    /** Of the messages that clients make today; with the type of the message added. */
    static final int BINARY_VERSION_1 = 0x80010000;

    private static final int CALL = 1;
    static final byte LIST = 15;
    static final byte MAP = 13;
    static final byte STRUCT = 12;
    static final byte STRING = 11;

    private ThriftCalls() {}

    /** A part of a message. */
    public interface Part {
        void writeTo(DataOutputStream out) throws IOException;
    }

    /** Sends a call over a connection of its own; returns the answer. */
    public static byte[] ask(int port, byte[] call) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PatientAwaits.LIMIT.toMillis());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(call.length);
            out.write(call);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            return in.readNBytes(in.readInt());
        }
    }

    /** {@code appendBatch} of events. */
    public static byte[] appendBatch(Part... events) throws IOException {
        return call("appendBatch", BINARY_VERSION_1 | CALL, 1, argument(LIST, list(events)));
    }

    /** {@code appendBatch} with a list that claims so many events, and nothing in it. */
    static byte[] appendBatchOf(int events) throws IOException {
        return call("appendBatch", BINARY_VERSION_1 | CALL, 1, argument(LIST, out -> {
            out.writeByte(STRUCT);
            out.writeInt(events);
        }));
    }

    /** True if an answer says that the events are stored: it ends with the status 0 and the ends of the result. */
    public static boolean isOk(byte[] answer) {
        int end = answer.length;
        return end > 5 && answer[end - 5] == 0 && answer[end - 4] == 0 && answer[end - 3] == 0 && answer[end - 2] == 0;
    }

    public static Part event(Map<String, String> headers, byte[] body) {
        return out -> {
            writeHeaders(out, headers);
            out.writeByte(STRING);
            out.writeShort(2);
            text(out, body);
            out.writeByte(0);
        };
    }

    /** An event without a body. */
    static Part headers(Map<String, String> headers) {
        return out -> {
            writeHeaders(out, headers);
            out.writeByte(0);
        };
    }

    /** @param version with the type of the message; 0 for the form without either */
    static byte[] call(String method, int version, int serial, Part arguments) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        if (version != 0) {
            out.writeInt(version);
        }
        text(out, method.getBytes(StandardCharsets.UTF_8));
        if (version == 0) {
            out.writeByte(1);
        }
        out.writeInt(serial);
        arguments.writeTo(out);
        out.writeByte(0);
        return bytes.toByteArray();
    }

    static Part argument(byte type, Part value) {
        return out -> {
            out.writeByte(type);
            out.writeShort(1);
            value.writeTo(out);
        };
    }

    static Part list(Part... events) {
        return out -> {
            out.writeByte(STRUCT);
            out.writeInt(events.length);
            for (Part event : events) {
                event.writeTo(out);
            }
        };
    }

    private static void writeHeaders(DataOutputStream out, Map<String, String> headers) throws IOException {
        out.writeByte(MAP);
        out.writeShort(1);
        out.writeByte(STRING);
        out.writeByte(STRING);
        out.writeInt(headers.size());
        for (Map.Entry<String, String> header : headers.entrySet()) {
            text(out, header.getKey().getBytes(StandardCharsets.UTF_8));
            text(out, header.getValue().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void text(DataOutputStream out, byte[] utf8) throws IOException {
        out.writeInt(utf8.length);
        out.write(utf8);
    }
}
