/**
 * JMH benchmarks of single parts, run by {@code scripts/bench-jmh}. Start reading at {@link
 * org.millrace.bench.micro.MemoryChannelBenchmark}.
 */
@NullMarked
package org.millrace.bench.micro;

import org.jspecify.annotations.NullMarked;
