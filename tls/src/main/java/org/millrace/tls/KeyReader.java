package org.millrace.tls;

import org.jspecify.annotations.Nullable;

/** Where the keys of one component stand: in an agent's file, or in a client's properties. One thread. */
public interface KeyReader {
    /** The value without blanks around it; null if the key is left out. */
    @Nullable
    String read(Key key);

    /** A mistake. The message says what was found and what is expected. */
    void problem(String key, String message);

    /** Something a user should know. */
    void note(String key, String message);

    /**
     * A key that may be left out.
     *
     * @param expected what a value looks like
     * @param byDefault what it is where the key is left out, as it would stand in the file; null if there is nothing
     * @param meaning a sentence without its full stop
     * @param isSecret whether nobody is to see the value
     */
    record Key(String name, String expected, @Nullable String byDefault, String meaning, boolean isSecret) {}
}
