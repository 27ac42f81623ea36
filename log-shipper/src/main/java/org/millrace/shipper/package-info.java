/**
 * What appenders of logging frameworks share: events go into a bounded buffer, and a thread sends them to a relay, in batches. Start
 * reading at {@link org.millrace.shipper.LogShipper}.
 */
@NullMarked
package org.millrace.shipper;

import org.jspecify.annotations.NullMarked;
