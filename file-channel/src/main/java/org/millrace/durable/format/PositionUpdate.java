package org.millrace.durable.format;

import java.util.List;
import java.util.Map;

/**
 * What one commit changes: applied whole or not at all.
 *
 * @param reader whose position it is
 * @param committed what it is done with, in any order
 * @param states by owner: what an owner has attached to this commit; replaces what it attached before
 */
public record PositionUpdate(String reader, List<EventRange> committed, Map<String, byte[]> states) {}
