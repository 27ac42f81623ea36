package org.millrace.relay.text;

/**
 * A text that can be looked at so many times only: what a regular expression with nested repetition does to a text made for it would not
 * end otherwise. One thread.
 */
public final class BoundedText implements CharSequence {
    private final String text;
    private long looksLeft;

    /** @param looks how often one of its characters may be asked for */
    public BoundedText(String text, long looks) {
        this.text = text;
        this.looksLeft = looks;
    }

    @Override
    public char charAt(int index) {
        if (--looksLeft < 0) {
            throw new TooCostlyException();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    /** Without bounds: a group that was found is no more than the text. */
    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }

    /** The text was looked at too often. */
    public static final class TooCostlyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooCostlyException() {
            super("too costly", null, false, false); // it is caught at once, and may be frequent
        }
    }
}
