/**
 * Agents, ours and Flume's, and an HDFS, in JVMs of their own: what interoperability tests, side-by-side runs and soaks start, watch and stop;
 * and what stands at the end of their chains. Start reading at {@link org.millrace.testkit.process.AgentProcess}.
 */
@NullMarked
package org.millrace.testkit.process;

import org.jspecify.annotations.NullMarked;
