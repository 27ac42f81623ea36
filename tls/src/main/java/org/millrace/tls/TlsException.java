package org.millrace.tls;

/** A key, or the file that it names, is no good for TLS; the message says what was found and what is expected, and shows no secret. */
final class TlsException extends Exception {
    private static final long serialVersionUID = 1;

    private final String key;

    TlsException(String key, String message) {
        super(message);
        this.key = key;
    }

    TlsException(String key, String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
        this.key = key;
    }

    /** Which one. */
    String key() {
        return key;
    }
}
