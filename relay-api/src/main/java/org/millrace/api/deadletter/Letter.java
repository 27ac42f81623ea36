package org.millrace.api.deadletter;

import java.util.List;
import org.millrace.codec.EventBatch;
import org.millrace.codec.HeaderEdit;

/**
 * An event that cannot be delivered.
 *
 * @param event a batch of the one event, owned by whoever holds this
 * @param key of {@link TriesByEvent}
 * @param tries turns in which it failed
 */
record Letter(EventBatch event, long key, String reason, boolean mayHeal, int tries) {

    /** The event with the headers that tell what happened. The caller owns it. */
    EventBatch marked(String sink, long millis) {
        List<HeaderEdit> edits = List.of(
                new HeaderEdit(DeadLetters.REASON, reason, false),
                new HeaderEdit(DeadLetters.SINK, sink, false),
                new HeaderEdit(DeadLetters.TIME, Long.toString(millis), false),
                new HeaderEdit(DeadLetters.TRIES, Integer.toString(tries), false));
        return HeaderEdit.apply(edits, event.retain());
    }
}
