/**
 * Avro RPC as Flume speaks it: handshake, calls, replies. {@link org.millrace.codec.rpc.AvroCallDecoder} turns a frame that a
 * server received into a {@link org.millrace.codec.rpc.Request}; {@link org.millrace.codec.rpc.AvroReplies} writes the answers.
 * Start there.
 */
@NullMarked
package org.millrace.codec.rpc;

import org.jspecify.annotations.NullMarked;
