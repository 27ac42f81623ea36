package org.millrace.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.JavaProcess;

/** A {@link Receiver}, running. Thread-safe. */
final class ReceiverProcess implements AutoCloseable {
    private final JavaProcess process;
    private final Path ledger;

    private ReceiverProcess(JavaProcess process, Path ledger) {
        this.process = process;
        this.ledger = ledger;
    }

    /** @param port to listen on */
    static ReceiverProcess start(Path dir, int port) {
        JavaProcess process = JavaProcess.conversation(
                "receiver",
                dir,
                List.of("-Xmx1g", "-XX:+UseParallelGC"),
                System.getProperty("java.class.path"),
                List.of("org.millrace.soak.Receiver", Integer.toString(port)));
        AgentProcess.awaitPort(process, port);
        return new ReceiverProcess(process, dir.resolve("received"));
    }

    synchronized Received count() {
        return Received.parse(process.ask("count"));
    }

    /** The numbers of all events that have arrived. */
    synchronized NumberSet numbers() throws IOException {
        process.ask(ledger.toString());
        return NumberSet.readFrom(ledger);
    }

    @Override
    public synchronized void close() {
        process.close();
    }
}
