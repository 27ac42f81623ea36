package org.millrace.thrift;

import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;

/**
 * Flume's service and its names on the wire:
 *
 * <pre>struct ThriftFlumeEvent { 1: required map&lt;string, string&gt; headers, 2: required binary body }
 *enum Status { OK, FAILED, ERROR, UNKNOWN }
 *service ThriftSourceProtocol {
 *  Status append(1: ThriftFlumeEvent event)
 *  Status appendBatch(1: list&lt;ThriftFlumeEvent&gt; events)
 *}</pre>
 */
final class FlumeService {
    static final String APPEND = "append";
    static final String APPEND_BATCH = "appendBatch";

    /** The arguments of either call have one field. */
    static final short ARGUMENT = 1;

    static final TStruct BATCH_ARGUMENTS = new TStruct("appendBatch_args");
    static final TField EVENTS = new TField("events", TType.LIST, ARGUMENT);

    static final TStruct EVENT = new TStruct("ThriftFlumeEvent");
    static final TField HEADERS = new TField("headers", TType.MAP, (short) 1);
    static final TField BODY = new TField("body", TType.STRING, (short) 2);

    static final TStruct RESULT = new TStruct("result");
    static final TField SUCCESS = new TField("success", TType.I32, (short) 0);

    private FlumeService() {}

    /** What a call comes to. */
    enum Status {
        /** The events are safe. */
        OK(0),
        /** They are not; to try again may help. */
        FAILED(1),
        /** They are not, and never will be as they are. */
        ERROR(2),
        UNKNOWN(3);

        /** On the wire. */
        final int number;

        Status(int number) {
            this.number = number;
        }

        /** What we do not know counts as {@link #UNKNOWN}. */
        static Status of(int number) {
            return switch (number) {
                case 0 -> OK;
                case 1 -> FAILED;
                case 2 -> ERROR;
                default -> UNKNOWN;
            };
        }
    }
}
