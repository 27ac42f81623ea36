/**
 * The HDFS sink: sorts events into buckets by their headers and time, and writes each bucket's files. Start with {@link
 * org.millrace.hdfs.HdfsSink}, one turn of which takes, writes, flushes and commits; then {@code Buckets}, which owns the open
 * files, and {@code BucketFile}, the life of one of them.
 */
@NullMarked
package org.millrace.hdfs;

import org.jspecify.annotations.NullMarked;
