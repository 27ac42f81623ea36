package org.millrace.relay.interceptor;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Interceptor;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;

/** Removes headers by name. An event that has none of them stays as it is. */
final class RemoveHeader implements Interceptor {
    private final Set<String> names;
    private final @Nullable BoundedPattern matching;

    /** @param matching the whole name; null: none */
    RemoveHeader(Set<String> names, @Nullable BoundedPattern matching) {
        this.names = Set.copyOf(names);
        this.matching = matching;
    }

    @Override
    public EventBatch intercept(EventBatch batch) {
        if (names.isEmpty() && matching == null) {
            return batch;
        }
        try (EventBatchBuilder out = new EventBatchBuilder()) {
            EventReader event = batch.reader();
            boolean isChanged = false;
            while (event.next()) {
                Map<String, String> headers = event.headers();
                if (headers.keySet().removeIf(this::isUnwanted)) {
                    out.add(headers, event.array(), event.bodyOffset(), event.bodyLength());
                    isChanged = true;
                } else {
                    out.add(event);
                }
            }
            return isChanged ? out.build() : batch.retain();
        } finally {
            batch.release();
        }
    }

    private boolean isUnwanted(String name) {
        return names.contains(name) || (matching != null && matching.match(name, Matcher::matches, false));
    }
}
