/**
 * The bytes of the log, version 1, all little-endian: {@link org.millrace.durable.format.SegmentHeader} in a segment's first block,
 * then groups of a {@link org.millrace.durable.format.GroupHeader} and records, each behind a {@link
 * org.millrace.durable.format.RecordHeader}. {@code docs/file-channel-format.md} draws it.
 */
@NullMarked
package org.millrace.durable.format;

import org.jspecify.annotations.NullMarked;
