package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.BatchSized;
import org.millrace.api.ComponentFactory;

class HdfsSinkFactoryTest {
    @Test
    void isFoundByItsNames() {
        assertThat(ServiceLoader.load(ComponentFactory.OfSink.class))
                .flatExtracting(ComponentFactory::typeNames)
                .contains("hdfs", "org.apache.flume.sink.hdfs.HDFSEventSink");
    }

    @Test
    void takesEveryKeyThatFlumeHas() {
        SinkUnderTest sut = SinkUnderTest.configured(
                "hdfs.path", "hdfs://nn:8020/logs/%{tenant}/%Y-%m-%d/%H",
                "hdfs.filePrefix", "access_log-%[localhost]",
                "hdfs.fileSuffix", ".log",
                "hdfs.inUsePrefix", "_",
                "hdfs.inUseSuffix", ".open",
                "hdfs.emptyInUseSuffix", "false",
                "hdfs.rollInterval", "30",
                "hdfs.rollSize", "0",
                "hdfs.rollCount", "-1",
                "hdfs.batchSize", "1000",
                "hdfs.idleTimeout", "60",
                "hdfs.fileType", "datastream",
                "hdfs.maxOpenFiles", "100",
                "hdfs.callTimeout", "10000",
                "hdfs.threadsPoolSize", "10",
                "hdfs.rollTimerPoolSize", "2",
                "hdfs.closeTries", "3",
                "hdfs.retryInterval", "10",
                "hdfs.round", "true",
                "hdfs.roundValue", "10",
                "hdfs.roundUnit", "minute",
                "hdfs.timeZone", "America/Los_Angeles",
                "hdfs.useLocalTimeStamp", "true",
                "hdfs.useRawLocalFileSystem", "false",
                "hdfs.minBlockReplicas", "1",
                "serializer", "HEADER_AND_TEXT",
                "serializer.appendNewline", "false");

        assertThat(sut.problems).isEmpty();
        assertThat(sut.notes)
                .containsExactlyInAnyOrder(
                        "hdfs.rollTimerPoolSize: has no effect: the sink's own thread finishes files, no timer",
                        "hdfs.minBlockReplicas: has no effect: files are never finished for want of replicas");
        assertThat(((BatchSized) sut.sink).batchEvents()).isEqualTo(1000);
        assertThat(((BatchSized) sut.sink).batchKey()).isEqualTo("hdfs.batchSize");
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "hdfs.path | hdfs://%{host}/x | address cannot have escapes",
                "hdfs.path | %{scheme}://h/x | address cannot have escapes",
                "hdfs.path | /x/%[hots] | %[hots]",
                "hdfs.filePrefix | %[hots] | %[hots]",
                "hdfs.fileType | Datastreams | one of: SequenceFile, DataStream, CompressedStream",
                "hdfs.codeC | lzo | none of this name; here work",
                "hdfs.codeC | ZStandard | does not work here",
                "hdfs.writeFormat | Avro | one of: Writable, Text",
                "hdfs.roundUnit | day | one of: second, minute, hour",
                "hdfs.roundValue | 61 | 1 to 60",
                "hdfs.timeZone | Mars/Olympus | there is no such zone",
                "hdfs.maxOpenFiles | 0 | at least 1",
                "hdfs.threadsPoolSize | 0 | 1 to 1000",
                "hdfs.batchSize | 0 | at least 1",
                "hdfs.rollInterval | 30s | a number of seconds",
                "hdfs.callTimeout | soon | a number of millis",
                "hdfs.useLocalTimeStamp | yes | true or false",
                "serializer | AVRO_EVENT | Avro containers are not supported yet",
                "serializer | XML | one of: TEXT, HEADER_AND_TEXT",
                "hdfs.kerberosPrincipal | x@Y | not supported yet",
                "hdfs.kerberosKeytab | /k | not supported yet",
                "hdfs.proxyUser | joe | not supported yet",
                "hdfs.minBlockReplicas | 2 | not supported yet",
                "writeFormat | Text | unknown",
            })
    void badValuesAreRefusedByName(String key, String value, String message) {
        SinkUnderTest sut = key.equals("hdfs.path")
                ? SinkUnderTest.configured(key, value)
                : SinkUnderTest.configured("hdfs.path", "/x", key, value);

        assertThat(sut.problems)
                .singleElement()
                .asString()
                .startsWith(key + ": ")
                .contains(message);
    }

    @Test
    void pathIsRequired() {
        assertThat(SinkUnderTest.configured().problems)
                .isNotEmpty()
                .allMatch(problem -> problem.startsWith("hdfs.path: missing"));
    }

    @Test
    void codecAndFileTypeMustGoTogether() {
        assertThat(SinkUnderTest.configured("hdfs.path", "/x", "hdfs.fileType", "DataStream", "hdfs.codeC", "gzip")
                        .problems)
                .singleElement()
                .asString()
                .contains("a DataStream is not compressed");
        assertThat(SinkUnderTest.configured("hdfs.path", "/x", "hdfs.fileType", "CompressedStream").problems)
                .singleElement()
                .asString()
                .startsWith("hdfs.codeC: missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "GzipCodec",
                "org.apache.hadoop.io.compress.GzipCodec",
                "GZIP",
                "bzip2",
                "snappy",
                "lz4",
                "default",
                "deflate"
            })
    void codecsGoByTheNamesThatFlumeTakes(String name) {
        assertThat(SinkUnderTest.configured("hdfs.path", "/x", "hdfs.fileType", "CompressedStream", "hdfs.codeC", name)
                        .problems)
                .isEmpty();
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "hdfs.fileType | SequenceFile | serializer | TEXT",
                "hdfs.fileType | DataStream | hdfs.writeFormat | Text",
                "hdfs.round | false | hdfs.roundValue | 10",
                "hdfs.emptyInUseSuffix | true | hdfs.inUseSuffix | .tmp",
                "hdfs.fileType | DataStream | hdfs.path | /a/%x",
            })
    void settingsWithoutEffectAreNoted(String key, String value, String without, String effect) {
        SinkUnderTest sut = SinkUnderTest.configured("hdfs.path", "/x", key, value, without, effect);

        assertThat(sut.problems).isEmpty();
        assertThat(sut.notes).anyMatch(note -> note.startsWith(without + ": "));
    }
}
