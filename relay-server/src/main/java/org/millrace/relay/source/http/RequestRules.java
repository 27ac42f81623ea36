package org.millrace.relay.source.http;

import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderNames.EXPECT;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import org.jspecify.annotations.Nullable;
import org.millrace.api.part.HttpHandler;

/** What can be said of a request by its head. */
final class RequestRules {
    private RequestRules() {}

    /** Of one whose head is not as HTTP has it, and why. */
    static HttpResponseStatus refusal(Throwable cause) {
        if (!(cause instanceof TooLongFrameException)) {
            return HttpResponseStatus.BAD_REQUEST;
        }
        return cause.getClass().getSimpleName().contains("Line")
                ? HttpResponseStatus.REQUEST_URI_TOO_LONG
                : HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
    }

    /** Null if its content may come. The path is of no account, as with Flume. */
    static @Nullable HttpResponseStatus refusal(HttpRequest head, long maxBytes, HttpHandler handler) {
        HttpResponseStatus byMethod = switch (head.method().name()) {
            case "POST", "GET", "HEAD" -> null;
            case "TRACE", "OPTIONS" -> HttpResponseStatus.FORBIDDEN;
            case "PUT", "DELETE" -> HttpResponseStatus.METHOD_NOT_ALLOWED;
            default -> HttpResponseStatus.NOT_IMPLEMENTED;
        };
        if (byMethod != null) {
            return byMethod;
        }
        String expected = head.headers().get(EXPECT);
        if (expected != null && !expected.equalsIgnoreCase("100-continue")) {
            return HttpResponseStatus.EXPECTATION_FAILED;
        }
        if (!RequestContent.isKnown(head.headers().get(CONTENT_ENCODING))) {
            return HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE;
        }
        boolean isTooLong = HttpUtil.getContentLength(head, 0L) > maxBytes && handler.contentLimit() > maxBytes;
        return isTooLong ? HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE : null;
    }
}
