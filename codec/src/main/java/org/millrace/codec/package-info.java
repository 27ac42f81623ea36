/**
 * Event batches in their Avro encoding. Start with {@link org.millrace.codec.EventBatch}: what a batch is, who owns it; then
 * {@link org.millrace.codec.EventReader}, which walks its events, and {@link org.millrace.codec.BatchScanner}, which lets bytes
 * from outside become a batch.
 */
@NullMarked
package org.millrace.codec;

import org.jspecify.annotations.NullMarked;
