/**
 * Flume's {@code compression-type = deflate}: one zlib stream (RFC 1950) for each direction of a connection, flushed behind each
 * frame. {@link org.millrace.codec.compress.InflateHandler} stands between the socket and the frame decoder, {@link
 * org.millrace.codec.compress.DeflateHandler} between the frames' writer and the socket.
 */
@NullMarked
package org.millrace.codec.compress;

import org.jspecify.annotations.NullMarked;
