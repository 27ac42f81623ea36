/** One configuration and one input, given to Flume and to us: what comes out is compared byte for byte. */
@NullMarked
package org.millrace.interop.same;

import org.jspecify.annotations.NullMarked;
