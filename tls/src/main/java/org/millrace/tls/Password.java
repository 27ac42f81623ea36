package org.millrace.tls;

/** A password that no text of ours shows. Kept, as its store may have to be opened again. Immutable. */
final class Password {
    private final char[] characters;

    Password(String text) {
        this.characters = text.toCharArray();
    }

    /** A copy. */
    char[] characters() {
        return characters.clone();
    }

    @Override
    public String toString() {
        return "******";
    }
}
