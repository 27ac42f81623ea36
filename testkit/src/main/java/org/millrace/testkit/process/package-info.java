/**
 * Agents, ours and Flume's, in JVMs of their own: what interoperability tests and side-by-side runs start, watch and stop. Start
 * reading at {@link org.millrace.testkit.process.AgentProcess}.
 */
@NullMarked
package org.millrace.testkit.process;

import org.jspecify.annotations.NullMarked;
