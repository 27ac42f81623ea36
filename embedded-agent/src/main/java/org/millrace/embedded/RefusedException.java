package org.millrace.embedded;

import java.util.List;

/** The properties of an embedded agent have mistakes; nothing was touched. */
public final class RefusedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> mistakes;

    RefusedException(String agent, List<String> mistakes) {
        super("embedded agent " + agent + ": " + String.join("; ", mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    /** All of them, each as {@code key: what was found (expected: what is right)}. */
    public List<String> mistakes() {
        return mistakes;
    }
}
