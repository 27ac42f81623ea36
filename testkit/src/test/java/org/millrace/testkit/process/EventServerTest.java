package org.millrace.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventServerTest {
    private static final int HASH_BYTES = 16;

    private final Taken taken = new Taken();
    private EventServer server;

    @BeforeEach
    void begin() throws IOException {
        server = new EventServer(0, taken);
    }

    @AfterEach
    void end() throws IOException {
        server.close();
    }

    @Test
    void aWholeCallIsTakenAndItsPeerMayGo() throws IOException {
        byte[] call = call("one", "two");
        send(call.length, call);

        await().until(() -> taken.bodies.size() == 2);
        server.close();
        assertThat(taken.bodies).containsExactly("one", "two");
        assertThat(taken.faults).isEmpty();
        assertThat(taken.broken).isEmpty();
    }

    @Test
    void ofACallInWhichItsPeerEndsNothingIsTaken() throws IOException {
        byte[] call = call("one", "two");
        send(call.length, Arrays.copyOf(call, call.length - 1));

        await().until(() -> !taken.broken.isEmpty());
        assertThat(taken.broken).singleElement().isInstanceOf(EOFException.class);
        assertThat(taken.bodies).isEmpty();
        assertThat(taken.faults).isEmpty();
    }

    @Test
    void aWholeCallThatCannotBeDecodedIsAFault() throws IOException {
        byte[] call = call("one", "two");
        send(call.length - 1, Arrays.copyOf(call, call.length - 1));

        await().until(() -> !taken.faults.isEmpty());
        assertThat(taken.faults).singleElement().asString().contains("a call of " + (call.length - 1) + " bytes");
        assertThat(taken.broken).isEmpty();
    }

    /** A frame that says how long it is, and what there is of it. */
    private void send(int length, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(1); // its serial
            out.writeInt(1); // buffers
            out.writeInt(length);
            out.write(bytes);
            out.flush();
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
    }

    /** {@code appendBatch}, with the handshake of a first call. */
    private static byte[] call(String... bodies) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
        for (int hash = 0; hash < 2; hash++) { // that of the client, and of the server, with nothing behind
            out.writeFixed(new byte[HASH_BYTES]);
            out.writeIndex(0);
        }
        writeEmptyMap(out);
        out.writeString("appendBatch");
        out.writeArrayStart();
        out.setItemCount(bodies.length);
        for (String body : bodies) {
            writeEmptyMap(out);
            out.writeBytes(body.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeArrayEnd();
        out.flush();
        return bytes.toByteArray();
    }

    private static void writeEmptyMap(BinaryEncoder out) throws IOException {
        out.writeMapStart();
        out.setItemCount(0);
        out.writeMapEnd();
    }

    private static final class Taken implements EventServer.Taker {
        private final List<String> bodies = new CopyOnWriteArrayList<>();
        private final List<Exception> faults = new CopyOnWriteArrayList<>();
        private final List<IOException> broken = new CopyOnWriteArrayList<>();

        @Override
        public void take(Map<String, String> headers, byte[] body) {
            bodies.add(new String(body, StandardCharsets.US_ASCII));
        }

        @Override
        public void fault(Exception why) {
            faults.add(why);
        }

        @Override
        public void broken(IOException why) {
            broken.add(why);
        }
    }
}
