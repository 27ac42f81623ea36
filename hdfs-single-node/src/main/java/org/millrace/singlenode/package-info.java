/**
 * A real HDFS in one process, for the quickstart, for tests by hand and for benchmarks: a name node and a data node on loopback, their
 * data in one directory. Never part of the install. Start reading at {@link org.millrace.singlenode.SingleNodeHdfs}.
 */
@NullMarked
package org.millrace.singlenode;

import org.jspecify.annotations.NullMarked;
