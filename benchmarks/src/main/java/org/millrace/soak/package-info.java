/**
 * Proof from outside: real agents that are killed, cut off from power, run out of disk or left with a backlog, and a count of what
 * came through. Run by {@code scripts/soak-*}. Start reading at {@link org.millrace.soak.SoakKill}.
 */
@NullMarked
package org.millrace.soak;

import org.jspecify.annotations.NullMarked;
