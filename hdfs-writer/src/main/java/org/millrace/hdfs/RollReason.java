package org.millrace.hdfs;

/** Why a file was finished, for the log. */
enum RollReason {
    FULL("full by hdfs.rollCount or hdfs.rollSize"),
    INTERVAL("hdfs.rollInterval is over"),
    IDLE("hdfs.idleTimeout is over"),
    TOO_MANY_OPEN("hdfs.maxOpenFiles reached"),
    TOO_FEW_REPLICAS("fewer replicas than hdfs.minBlockReplicas"),
    STOP("the sink stops"),
    FAILURE("after a failure"),
    RECOVERY("found at the start");

    private final String text;

    RollReason(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
