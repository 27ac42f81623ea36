/**
 * The log of one channel: {@link org.millrace.durable.log.Append}s go in, are written in groups and forced together; {@link
 * org.millrace.durable.log.RecordReader}s read them back; segments are used in turn, over and over.
 */
@NullMarked
package org.millrace.durable.log;

import org.jspecify.annotations.NullMarked;
