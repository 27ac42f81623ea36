/**
 * The load tester behind {@code millrace load}: sends events to an Avro source as fast as its acks allow, or at a rate, and measures
 * how long each batch took from the moment it was meant to be sent.
 *
 * <p>Start reading at {@code LoadRun}, the sender's loop; {@code Connections} keeps its places, {@code Tally} counts, {@code Events}
 * makes what is sent, {@code Pace} says when. {@code RateSearch} makes many runs, {@code HtmlReport} shows one, {@code Bottleneck} is
 * where it says that it was too slow itself.
 */
@NullMarked
package org.millrace.load;

import org.jspecify.annotations.NullMarked;
