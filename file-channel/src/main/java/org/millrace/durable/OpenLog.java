package org.millrace.durable;

import org.millrace.durable.log.Log;

/**
 * What a channel has from its start to its close. The log looks after itself; the rest is guarded by the channel's lock.
 *
 * @param backlog what the log holds
 * @param cache the newest of it
 * @param times when it came in
 * @param attachments how much is attached to the readers' positions
 */
record OpenLog(Log log, Backlog backlog, TailCache cache, ArrivalTimes times, Attachments attachments) {}
