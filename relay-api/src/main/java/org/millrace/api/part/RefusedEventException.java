package org.millrace.api.part;

/** An event by itself is the reason that it cannot be written: others can. */
public final class RefusedEventException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean mayHeal;

    /** @param mayHeal whether the same event may be written later */
    public RefusedEventException(String message, boolean mayHeal) {
        super(message, null, false, false); // told to an operator, not traced
        this.mayHeal = mayHeal;
    }

    /** Whether the same event may be written later. */
    public boolean mayHeal() {
        return mayHeal;
    }
}
