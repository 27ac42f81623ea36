package org.millrace.durable;

record FileChannelSettings() {
    static final String CAPACITY = "capacity";
    static final String TRANSACTION_CAPACITY = "transactionCapacity";
    static final String BYTE_CAPACITY = "byteCapacity";
    static final String SEGMENT_SIZE = "segmentSize";
    static final String RESERVE = "minimumRequiredSpace";
}
