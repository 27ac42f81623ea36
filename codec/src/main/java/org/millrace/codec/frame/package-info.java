/**
 * The envelope of Avro's Netty transport: {@code int32 serial | int32 n | n x (int32 length | bytes)}, big-endian. Start with
 * {@link org.millrace.codec.frame.AvroFrameDecoder}, which cuts arriving bytes into {@link org.millrace.codec.frame.AvroFrame}s;
 * {@link org.millrace.codec.frame.AvroFrameWriter} is the way back. {@link org.millrace.codec.frame.LengthFrameDecoder} does the same for
 * the framed transport of Thrift: {@code int32 length | bytes}.
 */
@NullMarked
package org.millrace.codec.frame;

import org.jspecify.annotations.NullMarked;
