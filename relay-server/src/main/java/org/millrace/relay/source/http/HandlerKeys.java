package org.millrace.relay.source.http;

import org.millrace.api.Settings;

/** What Flume's handlers have in common: they pass over keys that they do not know. */
final class HandlerKeys {
    private HandlerKeys() {}

    /** Accepts all keys that were not read so far, with a note. */
    static void ignoreOthers(Settings keys) {
        keys.define("<KEY>", "a text", "what else is said to one of Flume's handlers has no effect");
        for (String key : keys.all().keySet()) {
            keys.ignored("the handler has no such key", key);
        }
    }
}
