package org.millrace.relay.interceptor;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import org.millrace.api.Interceptor;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;

/** Keeps or drops events by a regular expression that is found in their bodies, or is not. */
final class RegexFilter implements Interceptor {
    private final BoundedPattern pattern;
    private final boolean isDropping;

    RegexFilter(BoundedPattern pattern, boolean isDropping) {
        this.pattern = pattern;
        this.isDropping = isDropping;
    }

    @Override
    public EventBatch intercept(EventBatch batch) {
        try (EventBatchBuilder kept = new EventBatchBuilder()) {
            EventReader event = batch.reader();
            while (event.next()) {
                if (pattern.match(body(event), Matcher::find, false) != isDropping) {
                    kept.add(event);
                }
            }
            return kept.events() == batch.events() ? batch.retain() : kept.build();
        } finally {
            batch.release();
        }
    }

    private static String body(EventReader event) {
        return new String(event.array(), event.bodyOffset(), event.bodyLength(), StandardCharsets.UTF_8);
    }
}
