package org.millrace.relay.source.http;

import io.netty.handler.codec.http.HttpResponseStatus;

/** A request that makes no events. It may come as often as a peer likes, and needs no stack. */
final class BadRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient HttpResponseStatus status;

    BadRequestException(HttpResponseStatus status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    static BadRequestException badRequest(String message) {
        return new BadRequestException(HttpResponseStatus.BAD_REQUEST, message);
    }

    HttpResponseStatus status() {
        return status;
    }
}
