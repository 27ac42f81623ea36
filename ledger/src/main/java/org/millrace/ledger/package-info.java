/**
 * What a load tester notes of the events that it sends, so that somebody can tell later what became of each: events with a number and a
 * checksum in front of their bodies ({@code EventMark}), and the file that says which of them were acked ({@code LedgerWriter}, {@code
 * Ledger}).
 *
 * <p>Start reading at {@code EventMark}. Why it is so: {@code docs/decisions/0012-the-ledger.md}.
 */
@NullMarked
package org.millrace.ledger;

import org.jspecify.annotations.NullMarked;
