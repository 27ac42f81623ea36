/**
 * Avro RPC as Flume speaks it: handshake, calls, replies. Serving side: {@link org.millrace.codec.rpc.AvroCallDecoder} turns a frame that a
 * server received into a {@link org.millrace.codec.rpc.Request}; {@link org.millrace.codec.rpc.AvroReplies} writes the answers.
 * Asking side: {@link org.millrace.codec.rpc.RequestEncoder} writes calls, {@link org.millrace.codec.rpc.ResponseDecoder} reads
 * what came of them. Start there.
 */
@NullMarked
package org.millrace.codec.rpc;

import org.jspecify.annotations.NullMarked;
