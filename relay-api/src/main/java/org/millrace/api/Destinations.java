package org.millrace.api;

import org.jspecify.annotations.Nullable;

/**
 * Channels of the agent into which a sink may put events, beside the one that it takes from: such as events that it cannot deliver. One
 * that was asked for is started before the sink and closed after it, and when it changes, the sink is made anew.
 */
public interface Destinations {
    /** For a sink by itself, such as in a test. */
    Destinations NONE = (key, name) -> null;

    /**
     * The channel of this name. To be asked for while the sink is made.
     *
     * @param key of the sink, which names it: for the message, if there is no such channel, or events would come back from it to the sink
     * @return null if there is none that may be used; then the sink will not be started
     */
    @Nullable
    Channel find(String key, String name);
}
