/**
 * Encryption at rest: {@link org.millrace.durable.crypto.Encryption} reads Flume's keys and opens the key store; what it gives
 * encrypts each segment with a key of its own.
 */
@NullMarked
package org.millrace.durable.crypto;

import org.jspecify.annotations.NullMarked;
