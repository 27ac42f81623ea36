package org.millrace.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.millrace.client.AppendException;
import org.millrace.client.RelayException;

/** What went wrong in a run, each once, the first few. The sender's thread. */
final class Failures {
    private static final int MOST = 5;

    private final List<String> texts = new ArrayList<>();

    void note(Throwable failure) {
        Throwable cause = cause(failure);
        String text = cause instanceof RelayException
                        || cause instanceof UndeliveredException
                        || cause instanceof AppendException
                ? String.valueOf(cause.getMessage())
                : cause.toString();
        if (texts.size() < MOST && !texts.contains(text)) {
            texts.add(text);
        }
    }

    List<String> texts() {
        return List.copyOf(texts);
    }

    /** What a future failed with. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
