package org.millrace.load;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What others have to tell the sender. {@link #post}: any thread. Everything else: the sender. */
final class Inbox {
    private final Queue<Runnable> messages = new ConcurrentLinkedQueue<>();
    private final SenderClock clock;

    Inbox(SenderClock clock) {
        this.clock = clock;
    }

    void post(Runnable message) {
        messages.add(message);
        clock.wake();
    }

    void handle() {
        for (Runnable message = messages.poll(); message != null; message = messages.poll()) {
            message.run();
        }
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }
}
