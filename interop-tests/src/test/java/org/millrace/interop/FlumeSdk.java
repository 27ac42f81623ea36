package org.millrace.interop;

import java.nio.file.Path;
import java.util.List;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.JavaProcess;

/** The client of Flume's SDK, in a JVM of its own. */
final class FlumeSdk implements AutoCloseable {
    private final JavaProcess process;

    /** @param flags more of them for its JVM */
    FlumeSdk(Path dir, String... flags) {
        List<String> all = AgentProcess.flumeFlags(flags);
        all.add("-Xmx512m"); // a batch of 10,000, or of several 5 MB, is held in three forms
        process = JavaProcess.conversation(
                "flume-sdk", dir, all, AgentProcess.flumeClassPath(), List.of("org.millrace.flume.FlumeSdkClient"));
    }

    /** Sends numbered events; returns {@code sent N} or {@code failed REASON}. */
    String send(int port, Sending sending, int firstSeq) {
        return process.ask(String.join(
                " ",
                "send",
                Integer.toString(port),
                sending.compression(),
                Integer.toString(sending.events()),
                Integer.toString(sending.batch()),
                Integer.toString(sending.bodyBytes()),
                Integer.toString(firstSeq)));
    }

    /** Takes a properties file of the SDK for the batches to come. */
    void use(Path file) {
        String answer = process.ask("use " + file);
        if (!answer.startsWith("using ")) {
            throw new IllegalStateException(answer);
        }
    }

    /** Sends numbered events as one batch; true if Flume's client says that they are stored. */
    boolean batch(int events, int bodyBytes, int firstSeq) {
        return process.ask("batch " + events + " " + bodyBytes + " " + firstSeq).equals("sent " + events);
    }

    /** Sends a numbered event by itself; true if Flume's client says that it is stored. */
    boolean single(int bodyBytes, int seq) {
        return process.ask("single " + bodyBytes + " " + seq).equals("sent 1");
    }

    @Override
    public void close() {
        process.close();
    }

    /** @param compression {@code none} or {@code deflate} */
    record Sending(String compression, int events, int batch, int bodyBytes) {
        @Override
        public String toString() {
            return events + " events of " + bodyBytes + " bytes in batches of " + batch + ", compression "
                    + compression;
        }
    }
}
