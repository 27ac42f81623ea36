package org.millrace.relay.interceptor;

import com.codahale.metrics.Counter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Interceptor;
import org.millrace.api.part.GroupSerializer;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.millrace.codec.HeaderEdit;
import org.millrace.codec.HeaderName;

/**
 * Takes groups of a regular expression into headers. An event in which it is not found stays as it is; a group that took no part in the
 * match, or is no time where a time is wanted, sets no header (in Flume such a time fails the batch, for ever).
 */
final class RegexExtractor implements Interceptor {
    private final BoundedPattern pattern;
    private final List<Part> parts;
    private final Counter unreadableTimes;

    /** What a group becomes. */
    record Part(HeaderName header, GroupSerializer serializer) {}

    /** @param parts of the first group, the second, and so on */
    RegexExtractor(BoundedPattern pattern, List<Part> parts, Counter unreadableTimes) {
        this.pattern = pattern;
        this.parts = List.copyOf(parts);
        this.unreadableTimes = unreadableTimes;
    }

    @Override
    public EventBatch intercept(EventBatch batch) {
        return HeaderEdit.applyEach(this::edits, batch);
    }

    private List<HeaderEdit> edits(EventReader event) {
        String body = new String(event.array(), event.bodyOffset(), event.bodyLength(), StandardCharsets.UTF_8);
        return pattern.match(body, this::edits, List.of());
    }

    private List<HeaderEdit> edits(Matcher matcher) {
        if (!matcher.find()) {
            return List.of();
        }
        List<HeaderEdit> edits = new ArrayList<>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            String found = matcher.group(i + 1);
            String value = found == null ? null : valueOf(found, parts.get(i));
            if (value != null) {
                edits.add(new HeaderEdit(parts.get(i).header(), value, false));
            }
        }
        return edits;
    }

    private @Nullable String valueOf(String found, Part part) {
        try {
            return part.serializer().value(found);
        } catch (IllegalArgumentException e) {
            unreadableTimes.inc();
            return null;
        }
    }
}
