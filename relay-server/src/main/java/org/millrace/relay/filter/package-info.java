/** Config filters: where secrets of a configuration come from that do not stand in its files. */
@NullMarked
package org.millrace.relay.filter;

import org.jspecify.annotations.NullMarked;
