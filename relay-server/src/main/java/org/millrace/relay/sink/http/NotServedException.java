package org.millrace.relay.sink.http;

import java.io.IOException;

/** The server ended the connection in good order behind an earlier answer: it has not looked at this request. */
final class NotServedException extends IOException {
    private static final long serialVersionUID = 1;

    NotServedException() {
        super("the server closed the connection behind an earlier answer");
    }
}
