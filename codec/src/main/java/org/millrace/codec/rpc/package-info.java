/**
 * Calls and their answers inside frames: what {@code AvroSourceProtocol} says, with Avro's handshake in front of the first.
 *
 * <p>Asking side: start reading at {@link org.millrace.codec.rpc.RequestEncoder}, then {@link
 * org.millrace.codec.rpc.ResponseDecoder}.
 */
@NullMarked
package org.millrace.codec.rpc;

import org.jspecify.annotations.NullMarked;
