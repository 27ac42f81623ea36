/** Sources that make their events up, for trying out and for measuring what is behind them: numbers, and the same body again and again. */
@NullMarked
package org.millrace.relay.source.generate;

import org.jspecify.annotations.NullMarked;
