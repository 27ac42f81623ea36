package org.millrace.relay.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A configuration behind {@code http:} or {@code https:}. It is asked for only if it has changed since it was last sent, by {@code
 * Last-Modified} as Flume does, and by {@code ETag}. The time to connect, the time for all of an answer and its size are limited;
 * redirections are not followed, as credentials might go to another host. One thread at a time.
 */
final class HttpText implements TextSource {
    private final URI uri;
    private final @Nullable String authorization;
    private final Duration timeout;
    private final HttpClient client;

    /** The last whole one. */
    private @Nullable Answer last;

    /** @param headers what the next request tells the server of this text */
    private record Answer(Text text, Headers headers) {}

    /** Both may be missing. */
    private record Headers(
            @Nullable String lastModified, @Nullable String tag) {}

    /**
     * @param user empty: none
     * @param timeout for the connection, and for the whole answer
     */
    HttpText(URI uri, String user, String password, Duration timeout) {
        this.uri = uri;
        this.authorization = user.isEmpty()
                ? null
                : "Basic "
                        + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        this.timeout = timeout;
        this.client = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    public String name() {
        return uri.toString();
    }

    @Override
    public Duration pollInterval() {
        return Duration.ofMinutes(5);
    }

    @Override
    public byte[] read() throws IOException {
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(request(), HttpResponse.BodyHandlers.ofInputStream());
        Answer known = last;
        CompletableFuture<Answer> whole = answer.thenApplyAsync(response -> read(response, known));
        try {
            last = whole.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return last.text().bytes();
        } catch (TimeoutException e) {
            throw new IOException("no whole answer within " + timeout.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            whole.cancel(true);
            answer.whenComplete((response, failure) -> drop(response));
        }
    }

    private HttpRequest request() {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(timeout);
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        if (last != null) {
            addHeader(request, "If-Modified-Since", last.headers().lastModified());
            addHeader(request, "If-None-Match", last.headers().tag());
        }
        return request.build();
    }

    private static void addHeader(HttpRequest.Builder request, String name, @Nullable String value) {
        if (value != null) {
            request.header(name, value);
        }
    }

    private static Answer read(HttpResponse<InputStream> answer, @Nullable Answer known) {
        try (InputStream body = answer.body()) {
            if (answer.statusCode() == 304 && known != null) {
                return known;
            }
            if (answer.statusCode() != 200) {
                throw new IOException("HTTP status " + answer.statusCode() + " (expected: 200)");
            }
            Headers headers = new Headers(
                    answer.headers().firstValue("Last-Modified").orElse(null),
                    answer.headers().firstValue("ETag").orElse(null));
            return new Answer(new Text(answer.uri().toString(), TextSource.limited(body)), headers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void drop(@Nullable HttpResponse<InputStream> answer) {
        try {
            if (answer != null) {
                answer.body().close();
            }
        } catch (IOException e) {
            // it is of no use any more
        }
    }

    private static IOException failure(@Nullable Throwable cause) {
        Throwable reason = cause instanceof UncheckedIOException ? cause.getCause() : cause;
        if (reason instanceof IOException failure) {
            String message = failure.getMessage();
            return message == null ? new IOException(failure.getClass().getSimpleName(), failure) : failure;
        }
        return new IOException(String.valueOf(reason), reason);
    }
}
