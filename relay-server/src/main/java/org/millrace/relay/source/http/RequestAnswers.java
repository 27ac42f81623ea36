package org.millrace.relay.source.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.listener.PeerLog;
import org.millrace.listener.ReadGate;

/**
 * The answers to the requests of one connection, one at a time: sent, counted and told of; and the end of the connection behind the last of
 * them. The connection's event loop only.
 */
final class RequestAnswers {
    private final Channel connection;
    private final ReadGate gate;
    private final HttpFigures figures;
    private final PeerLog log;
    private final ResponseSender responses;

    /** What the next answer is to. */
    private @Nullable HttpRequest request;

    private boolean isEnding;

    /** @param gate whose calls are those that are not answered yet */
    RequestAnswers(Channel connection, ReadGate gate, HttpFigures figures, PeerLog log) {
        this.connection = connection;
        this.gate = gate;
        this.figures = figures;
        this.log = log;
        this.responses = new ResponseSender(connection);
    }

    /** The next answer is to this request. */
    void begin(HttpRequest head) {
        request = head;
    }

    /** What the next answer is to; null if there is nothing to answer. */
    @Nullable
    HttpRequest request() {
        return request;
    }

    /** The peer may send the content. */
    void goOn() {
        responses.goOn();
    }

    /** All is well. */
    void ok() {
        answer(HttpResponseStatus.OK, "");
    }

    /** The request is here as a whole, and will not do; the next one may follow. */
    void refuse(HttpResponseStatus status, String why) {
        figures.refused(status);
        log.refusedCall(connection, status + ", " + why);
        answer(status, why);
    }

    /** So many events were not put, for that reason. */
    void notStored(int events, Throwable failure) {
        if (failure instanceof ChannelException) {
            log.notStored(connection, events, failure);
            refuse(HttpResponseStatus.SERVICE_UNAVAILABLE, "no channel took the events: " + failure.getMessage());
        } else {
            log.fault(connection, failure);
            refuse(HttpResponseStatus.INTERNAL_SERVER_ERROR, "the events could not be handled");
        }
    }

    /** Nothing more of the peer is of interest; what would still come of the request is read and dropped. */
    void refuseAndClose(HttpResponseStatus status, String why) {
        figures.refused(status);
        log.refused(connection, status + ", " + why);
        isEnding = true;
        HttpRequest head = request;
        request = null;
        if (head != null) {
            responses.sendAndLinger(head, status, why);
        } else {
            responses.close();
        }
    }

    private void answer(HttpResponseStatus status, String text) {
        HttpRequest head = request;
        request = null;
        if (head == null || !connection.isActive()) {
            return;
        }
        boolean staysOpen = HttpUtil.isKeepAlive(head) && !isEnding;
        responses.send(head, status, text, staysOpen);
        if (!staysOpen) {
            end();
        }
    }

    /** No more requests are read. */
    void end() {
        isEnding = true;
        gate.shut();
    }

    /** True if no more requests are to be looked at. */
    boolean isEnding() {
        return isEnding;
    }

    /** Closes the connection, if it is ending and all is answered. */
    void closeIfDone() {
        if (isEnding && gate.callsInFlight() == 0) {
            responses.close();
        }
    }

    void flush() {
        responses.flush();
    }
}
