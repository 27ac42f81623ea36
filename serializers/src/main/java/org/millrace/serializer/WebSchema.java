package org.millrace.serializer;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads a schema from a web server. Thread-safe; the calling thread waits. */
public final class WebSchema {
    static final int MOST_BYTES = 1 << 18;
    /** From connecting to the last byte: a server that sends one now and then has no longer either. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private WebSchema() {}

    /** Made when it is needed: it has a thread, which lasts as long as the agent. */
    private static final class Client {
        /** It follows no redirection, which could lead to where senders may not. */
        private static final HttpClient SHARED = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(LONGEST)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** True for {@code http} and {@code https}. */
    public static boolean isWeb(URI address) {
        String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        return scheme.equals("http") || scheme.equals("https");
    }

    /** What stands at an address of the web, as UTF-8: all of it within ten seconds, or nothing. An interrupt ends it. */
    public static String read(URI address) throws IOException {
        return read(address, LONGEST);
    }

    /** @param longest for all of it */
    static String read(URI address, Duration longest) throws IOException {
        if (address.getHost() == null) {
            throw new IOException("is no URL of a web server: its host is missing, or no name (expected: letters, "
                    + "digits, hyphens and dots)");
        }
        HttpRequest request = HttpRequest.newBuilder(address).build();
        CompletableFuture<HttpResponse<byte[]>> answer =
                Client.SHARED.sendAsync(request, head -> SchemaBody.of(head.statusCode()));
        try {
            byte[] body = answer.get(longest.toNanos(), TimeUnit.NANOSECONDS).body();
            return new String(body, StandardCharsets.UTF_8);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no whole answer within " + longest.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            answer.cancel(true); // which closes the connection, if there still is one
        }
    }

    /** With a message, which the client's own failures to connect do not have. */
    private static IOException failure(@Nullable Throwable cause) {
        if (cause instanceof IOException failure && failure.getMessage() != null) {
            return failure;
        }
        return new IOException("no answer: " + cause, cause);
    }

    /** All of it, as UTF-8, as long as that is no more than a schema may have. */
    public static String limited(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw tooLong();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static IOException tooLong() {
        return new IOException("is longer than " + MOST_BYTES + " bytes");
    }
}
