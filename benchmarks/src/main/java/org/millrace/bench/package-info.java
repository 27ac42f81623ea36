/**
 * Speed, measured: a load generator that costs little, a server that does as little as one can, and runs of our agent and Flume's side
 * by side. JMH classes stand beside the code's names in packages of their own. Start reading at {@link org.millrace.bench.SideBySide}.
 */
@NullMarked
package org.millrace.bench;

import org.jspecify.annotations.NullMarked;
