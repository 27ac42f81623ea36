package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.millrace.hdfs.FaultyFileSystem.Op;

@Timeout(60)
class ChunkedOutputTest {
    private static final int CHUNK = ChunkedOutput.Chunks.BYTES;

    private final Target target = new Target();
    private final ChunkedOutput out = new ChunkedOutput(target, () -> {}, new ChunkedOutput.Chunks());
    private final Hang hang = new Hang();

    @AfterEach
    void end() {
        hang.end();
    }

    @Test
    void aLongBodyIsHandedOnInCallsOfAChunk() throws Exception {
        byte[] body = new byte[3 * CHUNK + 7];
        new Random(1).nextBytes(body);
        out.write(1);
        out.write(body, 2, body.length - 2);
        out.close();

        assertThat(target.calls).containsExactly(1, CHUNK, CHUNK, CHUNK, 5);
        byte[] written = target.bytes.toByteArray();
        assertThat(written)
                .startsWith(1)
                .hasSize(body.length - 1)
                .endsWith(java.util.Arrays.copyOfRange(body, 2, body.length));
    }

    /** Each piece is a call of its own: the next one is not made where the work was given up during the one before. */
    @Test
    void eachOfThemIsACallThatMayTakeItsTime() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        FaultyFileSystem.Fault first = hang.once((op, path) -> true);
        target.fault = (op, path) -> {
            hanging.countDown();
            return first.before(op, path);
        };
        List<Throwable> thrown = new ArrayList<>();
        AtomicLong nanoTime = new AtomicLong();
        HadoopCall call = new HadoopCall(
                new HadoopCalls.Work() {
                    @Override
                    public void run() throws IOException {
                        try {
                            out.write(new byte[3 * CHUNK]);
                        } catch (IOException e) {
                            thrown.add(e);
                            throw e;
                        }
                    }

                    @Override
                    public void failed(IOException cause, boolean begun) {}
                },
                Duration.ofMillis(1),
                change -> {},
                nanoTime::get);
        Thread thread = new Thread(call);
        thread.start();
        hanging.await();
        nanoTime.addAndGet(Duration.ofMillis(1).toNanos());
        assertThatThrownBy(() -> call.await(Duration.ZERO)).isInstanceOf(CallTimeoutException.class);
        hang.end();
        thread.join();

        assertThat(thrown).singleElement().isInstanceOf(InterruptedIOException.class);
        assertThat(target.bytes.size()).isEqualTo(CHUNK);
    }

    private static final class Target extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final List<Integer> calls = new ArrayList<>();
        private FaultyFileSystem.Fault fault = FaultyFileSystem.Fault.NONE;

        @Override
        public void write(int b) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            fault.before(Op.WRITE, new org.apache.hadoop.fs.Path("/target"));
            bytes.write(from, offset, length);
            calls.add(length);
        }
    }
}
