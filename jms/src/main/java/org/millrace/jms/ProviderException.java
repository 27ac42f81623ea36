package org.millrace.jms;

import java.io.Serial;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a provider threw, as it may be logged: with its trace and its causes, and with nothing in their messages that may not be shown, such as
 * an address with keys in it.
 */
final class ProviderException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /** A chain of causes may be a ring. */
    private static final int MOST_CAUSES = 10;

    private ProviderException(String shown, @Nullable Throwable cause) {
        super(shown, cause);
    }

    /** @param shown makes of a message what may be shown of it */
    static ProviderException of(Throwable thrown, UnaryOperator<String> shown) {
        return of(thrown, shown, MOST_CAUSES);
    }

    private static ProviderException of(Throwable thrown, UnaryOperator<String> shown, int mostCauses) {
        Throwable cause = mostCauses == 0 ? null : thrown.getCause();
        ProviderException copy = new ProviderException(
                shown.apply(thrown.toString()), cause == null ? null : of(cause, shown, mostCauses - 1));
        copy.setStackTrace(thrown.getStackTrace());
        return copy;
    }
}
