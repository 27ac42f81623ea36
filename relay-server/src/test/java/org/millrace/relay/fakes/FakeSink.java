package org.millrace.relay.fakes;

import java.util.List;
import org.millrace.api.BatchSized;
import org.millrace.api.ChannelReader;
import org.millrace.api.ComponentFactory;
import org.millrace.api.DeliveryException;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;

/** A sink that forgets what it takes; {@code failure} makes its start fail. */
public record FakeSink(
        String name,
        ChannelReader channel,
        boolean othersTakeOver,
        String batchKey,
        int batchEvents,
        String failure,
        Diary diary)
        implements Sink, BatchSized {
    @Override
    public void start() throws StartException {
        diary.note("start sink " + name);
        diary.checkStart(name);
        if (!failure.isEmpty()) {
            throw new StartException(failure);
        }
    }

    @Override
    public Drain drain() throws DeliveryException, InterruptedException {
        if (diary.isBlocked(name)) {
            throw new DeliveryException("nobody takes them");
        }
        try (Transaction tx = channel.begin()) {
            EventBatch batch = tx.take(batchEvents);
            if (batch == null) {
                return Drain.IDLE;
            }
            diary.note("sink " + name + " took " + batch.events());
            tx.commit();
            return Drain.DELIVERED;
        }
    }

    @Override
    public String outlook() {
        return batchKey.startsWith("hdfs.") ? "outlook of " + name : "";
    }

    @Override
    public void close() {
        diary.note("close sink " + name);
    }

    /** With keys as Flume's Avro and HDFS sinks have them. */
    public record Factory(String type, Diary diary) implements ComponentFactory.OfSink {
        @Override
        public List<String> typeNames() {
            return type.equals("avro")
                    ? List.of("avro", "org.apache.flume.sink.AvroSink")
                    : List.of("hdfs", "org.apache.flume.sink.hdfs.HDFSEventSink");
        }

        @Override
        public Sink create(SinkContext context, Settings settings) {
            String batchKey = type.equals("avro") ? "batch-size" : "hdfs.batchSize";
            if (type.equals("avro")) {
                settings.string("hostname").required();
                settings.integer("port", 1, 65535).required();
            } else {
                Settings hdfs = settings.under("hdfs.");
                hdfs.string("path").required();
                hdfs.value("fileType", "SequenceFile, DataStream or CompressedStream", FakeSink::fileType, "")
                        .orElse("SequenceFile");
                hdfs.string("writeFormat").orElse("Writable");
                hdfs.string("filePrefix").orElse("FlumeData");
                hdfs.string("fileSuffix").orElse("");
                hdfs.integer("threadsPoolSize", 1, 1000).orElse(10);
                hdfs.number("rollInterval", 0, Integer.MAX_VALUE).orElse(30L);
                hdfs.bool("round").orElse(false);
                settings.string("serializer").orElse("TEXT");
            }
            int batch = settings.integer(batchKey, 1, Integer.MAX_VALUE).orElse(100);
            String failure = settings.string("failure").orElse("");
            return new FakeSink(
                    context.name(), context.channel(), context.othersTakeOver(), batchKey, batch, failure, diary);
        }
    }

    private static String fileType(String text) {
        if (List.of("SequenceFile", "DataStream", "CompressedStream").contains(text)) {
            return text;
        }
        throw new IllegalArgumentException();
    }
}
