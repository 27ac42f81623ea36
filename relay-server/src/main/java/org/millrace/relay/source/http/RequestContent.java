package org.millrace.relay.source.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import org.millrace.listener.PendingBytes;

/**
 * The content of a request as it comes in, within limits: its own, and what all requests together may hold. It is copied out of the
 * socket's buffers, which small chunks would keep whole, into pieces of its own, which need not be copied again as it grows. The
 * connection's event loop only.
 */
final class RequestContent {
    private static final int LEAST_PIECE_BYTES = 1024;
    private static final int PIECE_BYTES = 64 << 10;

    private final ByteBufAllocator memory;
    private final PendingBytes held;
    private final long maxBytes;
    private final long limit;
    private final @Nullable String encoding;
    private final CompositeByteBuf pieces;
    /** The last piece, which has room or none. */
    private ByteBuf last = Unpooled.EMPTY_BUFFER;

    private int nextPieceBytes;
    private long length;
    private long heldBytes;

    /**
     * @param announced how long it says it is; negative if it does not
     * @param maxBytes with more it is refused
     * @param limit with more it is cut, which is no mistake; where it is compressed only once it is not any longer
     * @param encoding {@code Content-Encoding}
     */
    RequestContent(
            ByteBufAllocator memory,
            PendingBytes held,
            long announced,
            long maxBytes,
            long limit,
            @Nullable String encoding) {
        this.memory = memory;
        this.held = held;
        this.maxBytes = maxBytes;
        this.limit = limit;
        this.encoding = encoding == null || isPlain(encoding) ? null : encoding;
        this.nextPieceBytes = (int) Math.max(LEAST_PIECE_BYTES, Math.min(announced, PIECE_BYTES));
        this.pieces = memory.compositeHeapBuffer(Integer.MAX_VALUE);
    }

    /** True if there is a way to read content of this encoding. */
    static boolean isKnown(@Nullable String encoding) {
        if (encoding == null || isPlain(encoding)) {
            return true;
        }
        return switch (encoding.toLowerCase(Locale.ROOT)) {
            case "gzip", "x-gzip", "deflate" -> true;
            default -> false;
        };
    }

    /** Takes what has come; it is lent. */
    void add(ByteBuf more) throws BadRequestException {
        boolean isCut = encoding == null && limit < maxBytes;
        int take = isCut ? (int) Math.min(more.readableBytes(), limit - length) : more.readableBytes();
        if (length + take > maxBytes) {
            throw new BadRequestException(
                    HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "more than maxRequestBytes: " + maxBytes);
        }
        while (take > 0) {
            if (!last.isWritable()) {
                addPiece();
            }
            int part = Math.min(take, last.writableBytes());
            last.writeBytes(more, part);
            length += part;
            take -= part;
        }
    }

    private void addPiece() throws BadRequestException {
        if (!held.tryAdd(nextPieceBytes)) {
            throw new BadRequestException(
                    HttpResponseStatus.SERVICE_UNAVAILABLE, "requests under way hold maxReceiveBytes");
        }
        heldBytes += nextPieceBytes;
        join();
        last = memory.heapBuffer(nextPieceBytes, nextPieceBytes);
        nextPieceBytes = PIECE_BYTES;
    }

    private void join() {
        pieces.addComponent(true, last);
        last = Unpooled.EMPTY_BUFFER;
    }

    /** What has come, not compressed. Reading fails with more than may be. */
    InputStream open() throws IOException {
        join();
        InputStream raw = new ByteBufInputStream(pieces.duplicate());
        if (encoding == null) {
            return raw;
        }
        boolean isGzip = !encoding.equalsIgnoreCase("deflate");
        return new BoundedInput(isGzip ? new GZIPInputStream(raw) : new InflaterInputStream(raw), maxBytes);
    }

    /** Gives the memory back. */
    void close() {
        held.remove(heldBytes);
        heldBytes = 0;
        last.release();
        pieces.release();
    }

    private static boolean isPlain(String encoding) {
        return encoding.isEmpty() || encoding.equalsIgnoreCase("identity");
    }
}
