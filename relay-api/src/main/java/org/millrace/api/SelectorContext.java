package org.millrace.api;

import java.time.InstantSource;
import java.util.List;

/**
 * What the agent gives a channel selector.
 *
 * @param channels the source's, in the order of its {@code channels} list
 * @param metrics of the source
 */
public record SelectorContext(
        String agent, String source, List<Channel> channels, SourceMetrics metrics, InstantSource clock) {}
