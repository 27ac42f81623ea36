package org.millrace.relay.interceptor;

import java.nio.charset.Charset;
import org.millrace.api.Interceptor;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;

/** Replaces what a regular expression finds in the bodies. An event without it stays as it is, byte for byte. */
final class SearchReplace implements Interceptor {
    private final BoundedPattern pattern;
    private final String replacement;
    private final Charset charset;

    SearchReplace(BoundedPattern pattern, String replacement, Charset charset) {
        this.pattern = pattern;
        this.replacement = replacement;
        this.charset = charset;
    }

    @Override
    public EventBatch intercept(EventBatch batch) {
        try (EventBatchBuilder out = new EventBatchBuilder()) {
            EventReader event = batch.reader();
            boolean isChanged = false;
            while (event.next()) {
                String before = new String(event.array(), event.bodyOffset(), event.bodyLength(), charset);
                String after = pattern.match(before, matcher -> matcher.replaceAll(replacement), before);
                if (after.equals(before)) {
                    out.add(event);
                } else {
                    out.add(event, after.getBytes(charset));
                    isChanged = true;
                }
            }
            return isChanged ? out.build() : batch.retain();
        } finally {
            batch.release();
        }
    }
}
