package org.millrace.load;

import java.util.function.Supplier;

/** A value of the command line that cannot be: names option and value, and says what was expected. */
final class OptionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OptionException(String option, String message) {
        super(option + ": " + message);
    }

    /** What a parser makes of an option; it throws an {@link IllegalArgumentException} that says what was expected. */
    static <T> T parse(String option, Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            throw new OptionException(option, String.valueOf(e.getMessage()));
        }
    }

    static void requireBetween(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new OptionException(option, value + " (expected: " + least + " to " + most + ")");
        }
    }
}
