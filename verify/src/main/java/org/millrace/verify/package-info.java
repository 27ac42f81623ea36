/**
 * The command {@code verify}: what a ledger says was sent and acked, beside what stands in files, of HDFS or here, or comes in on a port.
 *
 * <p>Start reading at {@code VerifyCommand}; {@code Sightings} is where events are counted, {@code Verdict} what comes of it.
 */
@NullMarked
package org.millrace.verify;

import org.jspecify.annotations.NullMarked;
