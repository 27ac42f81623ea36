package org.millrace.thrift;

import org.millrace.api.Transaction;

/**
 * Events on their way.
 *
 * @param transaction that took them; ended by the sink's thread
 * @param firstSerial of the calls that carry them, which are numbered one after another
 */
record Flight(Transaction transaction, int events, int firstSerial, int calls) {}
