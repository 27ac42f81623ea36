package org.millrace.client;

import java.util.List;

/** None of some hosts could be reached. */
final class UnreachableException extends Exception {
    private final transient List<RelayException> causes;

    /** @param causes at least one */
    UnreachableException(List<RelayException> causes) {
        super("no host could be reached", causes.get(causes.size() - 1));
        this.causes = List.copyOf(causes);
    }

    /** Why, in the order in which they were tried. */
    List<RelayException> causes() {
        return causes;
    }
}
