package org.millrace.api;

import org.jspecify.annotations.Nullable;

/**
 * What a component says of one of its keys, by reading it: a reference for users is made of these.
 *
 * @param key without the component's prefix; a part in capitals between angle brackets stands for a name of the user's
 * @param expected what a value looks like
 * @param byDefault the value where the key is left out, as it would stand in a file; null if there is none
 * @param standing whether it must, may or should not be there
 * @param meaning a sentence without its full stop; empty if the component said nothing
 */
public record KeyDefinition(
        String key, String expected, @Nullable String byDefault, Standing standing, String meaning) {
    /** What becomes of a key that is in the file, or is not. */
    public enum Standing {
        /** It must not be left out. */
        REQUIRED,
        OPTIONAL,
        /** Flume's, without any meaning here. */
        IGNORED,
        /** Flume's, and refused: it does not work here, or not yet. */
        UNSUPPORTED
    }

    /** The same of a part that the component does without: nobody has to set it. */
    KeyDefinition ofPartNotInUse() {
        return standing != Standing.REQUIRED
                ? this
                : new KeyDefinition(key, expected, byDefault, Standing.OPTIONAL, meaning + "; required there");
    }
}
