package org.example.millrace;

import java.io.IOException;
import java.util.Map;
import org.millrace.api.part.HttpHandler;
import org.millrace.api.part.RefusedRequestException;
import org.millrace.codec.EventBatchBuilder;

/** A handler that event loops call: it looks at what it gets, never waits, and keeps nothing. Thread-safe. */
final class LinesHandler implements HttpHandler {
    private static final int TOO_LARGE = 413;

    private final int mostLines;

    LinesHandler(int mostLines) {
        this.mostLines = mostLines;
    }

    @Override
    public void read(Request request, EventBatchBuilder batch) throws RefusedRequestException, IOException {
        Map<String, String> headers = headers(request.header("X-Host"));
        byte[] content = request.content().readAllBytes(); // the source has bounded it
        int begin = 0;
        for (int i = 0; i <= content.length; i++) {
            boolean isEnd = i == content.length || content[i] == '\n';
            if (isEnd && i > begin) {
                if (batch.events() == mostLines) {
                    throw new RefusedRequestException(TOO_LARGE, "more than " + mostLines + " lines");
                }
                batch.add(headers, content, begin, i - begin);
            }
            begin = isEnd ? i + 1 : begin;
        }
    }

    private static Map<String, String> headers(String host) {
        return host == null ? Map.of() : Map.of("host", host);
    }
}
