package org.millrace.thrift;

import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TCompactProtocol;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.transport.TTransport;

/** Flume's values of {@code protocol}: how calls are encoded. */
enum WireProtocol {
    COMPACT,
    BINARY;

    /** One for each message: a protocol that has thrown halfway is not to be used again. */
    TProtocol over(TTransport transport) {
        return switch (this) {
            case COMPACT -> new TCompactProtocol(transport);
            case BINARY -> new TBinaryProtocol(transport);
        };
    }
}
