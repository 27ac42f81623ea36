/**
 * Files that a sink writes on the agent's own disk: {@link org.millrace.api.disk.Disk} is what it asks for, so that a test can fail any of
 * it; {@link org.millrace.api.disk.LocalDisk} is the real one.
 */
@NullMarked
package org.millrace.api.disk;

import org.jspecify.annotations.NullMarked;
