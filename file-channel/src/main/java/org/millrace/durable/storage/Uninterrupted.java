package org.millrace.durable.storage;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/** Runs what an interrupt would spoil, since it closes a channel, and gives the interrupt back afterwards. */
final class Uninterrupted {
    private Uninterrupted() {}

    /** Something that may be done again if the channel it used was closed under it. */
    interface Call<T> {
        T run() throws IOException;
    }

    static <T> T call(Call<T> call) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return call.run();
                } catch (ClosedChannelException e) { // we were interrupted, or another thread that uses the channel
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
