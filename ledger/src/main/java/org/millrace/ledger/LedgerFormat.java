package org.millrace.ledger;

import org.apache.avro.Schema;

/**
 * A ledger is a container of Avro's, so that any of its tools shows it: a record for each run of batches with the same fate, in the order
 * in which it was known. Blocks are compressed with Zstandard, whose checksum is on.
 */
final class LedgerFormat {
    static final String VERSION_KEY = "millrace.ledger";
    static final String VERSION = "1";
    static final String RUN_KEY = "millrace.run";
    static final String HOSTS_KEY = "millrace.hosts";
    static final String STARTED_KEY = "millrace.started";

    static final String WHAT = "what";
    static final String FIRST = "first";
    static final String EVENTS = "events";
    static final String TRIES = "tries";

    private static final String SCHEMA_TEXT = """
            {"type": "record", "name": "Batches", "namespace": "org.millrace.ledger", "fields": [
              {"name": "what", "type": {"type": "enum", "name": "What",
                "symbols": ["MAY_BE_SENT", "ACKED", "REFUSED", "UNKNOWN", "END"]},
                "doc": "MAY_BE_SENT: written before any of these events is sent. END: the numbers that were used, by a run that ended"},
              {"name": "first", "type": "long", "doc": "number of the first event"},
              {"name": "events", "type": "long", "doc": "how many, counting on"},
              {"name": "tries", "type": {"type": "array", "items": "int"},
                "doc": "of each batch: the hosts that it was sent to, in order, by their place in the list"}
            ]}
            """;

    private LedgerFormat() {}

    /** What a record tells of its events. */
    enum What {
        MAY_BE_SENT,
        ACKED,
        REFUSED,
        UNKNOWN,
        END
    }

    static Schema schema() {
        return new Schema.Parser().parse(SCHEMA_TEXT);
    }
}
