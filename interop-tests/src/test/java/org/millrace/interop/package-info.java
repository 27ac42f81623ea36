/**
 * Our agent against the released Flume 1.11, its client and its agent, each in a JVM of its own. What has arrived at the end of a
 * chain is judged by {@link org.millrace.interop.RecordingServer}, which reads the wire with Apache Avro and none of our code. Start
 * reading at {@link org.millrace.interop.FlumeClientIT}.
 */
@NullMarked
package org.millrace.interop;

import org.jspecify.annotations.NullMarked;
